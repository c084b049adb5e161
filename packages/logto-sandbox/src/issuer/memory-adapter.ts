import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';

/** Keeps what the issuer remembers (sessions, codes, grants) in memory, for as long as it is valid. */
export const createMemoryAdapter = (): AdapterFactory => {
  const records = new Map<string, { payload: AdapterPayload; expiresAt: number }>();

  const live = (key: string): AdapterPayload | undefined => {
    const record = records.get(key);
    if (record && record.expiresAt <= Date.now()) records.delete(key);
    return records.get(key)?.payload;
  };
  const findBy = (model: string, fits: (payload: AdapterPayload) => boolean): AdapterPayload | undefined => {
    for (const key of records.keys()) {
      const payload = key.startsWith(`${model}:`) ? live(key) : undefined;
      if (payload && fits(payload)) return payload;
    }
    return undefined;
  };

  return (model: string): Adapter => ({
    upsert: async (id, payload, expiresIn) => {
      const expiresAt = expiresIn ? Date.now() + expiresIn * 1000 : Number.POSITIVE_INFINITY;
      records.set(`${model}:${id}`, { payload, expiresAt });
    },
    find: async (id) => live(`${model}:${id}`),
    findByUserCode: async (userCode) => findBy(model, (payload) => payload.userCode === userCode),
    findByUid: async (uid) => findBy(model, (payload) => payload.uid === uid),
    consume: async (id) => {
      const payload = live(`${model}:${id}`);
      if (payload) payload.consumed = Math.floor(Date.now() / 1000);
    },
    destroy: async (id) => void records.delete(`${model}:${id}`),
    revokeByGrantId: async (grantId) => {
      for (const [key, { payload }] of records) if (payload.grantId === grantId) records.delete(key);
    },
  });
};
