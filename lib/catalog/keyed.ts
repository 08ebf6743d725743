/** Catalog entries are keyed objects: the key is the id, stamped here once and never typed a second time. */

export type Keyed<T> = T & { readonly key: string };

/**
 * Stamps each entry with its own key and freezes the result.
 * The type of every key survives, so a reference to an entry that does not exist fails the type check.
 */
export function keyed<T extends object, K extends string>(
  entries: Record<K, T>,
): Readonly<Record<K, Keyed<T>>> {
  const stamped = {} as Record<K, Keyed<T>>;
  for (const key of Object.keys(entries) as K[]) {
    stamped[key] = Object.freeze({ ...entries[key], key });
  }
  return Object.freeze(stamped);
}
