declare const setImmediate: ((task: () => void) => void) | undefined;

/** A message to oneself: browsers let timers wait for four milliseconds. */
const byMessage = (task: () => void): void => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    task();
  };
  port2.postMessage(undefined);
};

/** Does something when all that goes on now has been done, and as soon as that. */
export const afterTick = (task: () => void): void => {
  if (typeof setImmediate === 'function') setImmediate(task);
  else if (typeof MessageChannel === 'function') byMessage(task);
  else setTimeout(task);
};
