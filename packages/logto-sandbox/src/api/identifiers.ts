import { parsePhoneNumberWithError } from 'libphonenumber-js/max';
import type { Store } from '../store.js';
import { RequestError } from './request-error.js';

/** A phone number as Logto stores it: international, digits only, without a zero after the country code. */
export const normalisePhone = (phone: string): string => {
  try {
    const number = parsePhoneNumberWithError(`+${phone}`);
    if (number.isValid()) return number.number.slice(1);
  } catch {
    // Falls through to the refusal.
  }
  throw new RequestError(422, 'user.invalid_phone', { data: { name: 'ParseError' } });
};

const comparablePhone = (phone: string): string => {
  try {
    return parsePhoneNumberWithError(`+${phone}`).number.slice(1);
  } catch {
    return phone;
  }
};

/** Refuses identifiers that another user has. Usernames compare with case, e-mail addresses without. */
export const checkUnique = (
  store: Store,
  {
    username,
    primaryEmail,
    primaryPhone,
  }: Partial<Record<'username' | 'primaryEmail' | 'primaryPhone', string | null | undefined>>,
  exceptId?: string,
): void => {
  const others = [...store.users.values()].filter(({ id }) => id !== exceptId);
  if (username && others.some((user) => user.username === username)) {
    throw new RequestError(422, 'user.username_already_in_use');
  }
  const email = primaryEmail?.toLowerCase();
  if (email && others.some((user) => user.primaryEmail?.toLowerCase() === email)) {
    throw new RequestError(422, 'user.email_already_in_use');
  }
  const phone = primaryPhone ? comparablePhone(primaryPhone) : undefined;
  if (phone && others.some((user) => user.primaryPhone === phone)) {
    throw new RequestError(422, 'user.phone_already_in_use');
  }
};
