import type { OnTokenCacheEvent } from '@users-bff/token-cache';
import type { Logger } from './log.js';

/** Writes down what becomes of the token for Logto: changes, and never what happens with each call. */
export const logTokenEvents =
  (log: Logger): OnTokenCacheEvent =>
  (event) => {
    switch (event.type) {
      case 'refresh':
        log.debug({ cause: event.cause, lifeMs: event.lifeMs }, 'Logto issued an access token');
        if (!event.isLifeKnown) log.warn('Logto does not tell how long its access tokens live');
        return;
      case 'failure': {
        const { error, count, pauseMs } = event;
        const { reason, oauthError, message } = error;
        const facts = { reason, oauthError, detail: message, count, pauseMs: Math.round(pauseMs) };
        if (reason === 'refused') log.error(facts, 'Logto issues no access token: its answer is final');
        else log.warn(facts, 'Logto issues no access token');
        return;
      }
      case 'rejected':
        if (event.isReplaced) log.warn('Logto refused the access token: it is renewed');
        else log.debug('Logto refused an access token that was just renewed');
        return;
      case 'store_down':
        log.warn({ detail: event.reason }, 'the shared token cache is down: this process goes on alone');
        return;
      case 'store_up':
        log.info('the shared token cache is back');
        return;
      case 'store_unreadable':
        log.warn('the shared token cache held what none of the encryption keys opens: it is overwritten');
        return;
    }
  };
