import { useEffect, useRef, useState } from 'react';
import { isObject } from '../schema/resolve.js';

/** A picture inside a result. */
export interface Picture {
  readonly name: string;
  readonly type: string;
  readonly base64: string;
}

const DATA_URL = /^data:(image\/(?:png|jpeg|gif|webp));base64,([A-Za-z0-9+/=]+)$/;
const MAX = 12;

/** The pictures that a result holds as `data:` URLs. Those that could be run, as SVG, are left as text. */
export const picturesIn = (value: unknown, name = 'result'): Picture[] => {
  if (typeof value === 'string') {
    const [, type, base64] = DATA_URL.exec(value) ?? [];
    return type !== undefined && base64 !== undefined ? [{ name, type, base64 }] : [];
  }
  const entries = Array.isArray(value) ? [...value.entries()] : isObject(value) ? Object.entries(value) : [];
  return entries.flatMap(([key, child]) => picturesIn(child, String(key))).slice(0, MAX);
};

/** Drawn, not linked: no address of a picture passes a Content-Security-Policy of `default-src 'self'`. */
export const PictureView = ({ name, type, base64 }: Picture) => {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [isBroken, setBroken] = useState(false);
  useEffect(() => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    createImageBitmap(new Blob([bytes], { type })).then(
      (bitmap) => {
        if (!canvas.current) return;
        canvas.current.width = bitmap.width;
        canvas.current.height = bitmap.height;
        canvas.current.getContext('2d')?.drawImage(bitmap, 0, 0);
      },
      () => setBroken(true),
    );
  }, [type, base64]);
  if (isBroken) return <p className="muted">{name} is a picture that cannot be shown.</p>;
  return (
    <figure>
      <canvas ref={canvas} role="img" aria-label={`Picture: ${name}`} />
      <figcaption>{name}</figcaption>
    </figure>
  );
};
