/** What every implementation of the ports' store must do; run against the fake and against the real one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ports } from '../../lambda/remediation/ports';
import { emptyRecord } from '../../lambda/remediation/record';
import { acting, verifying } from './remediation/fixtures';

export type Store = Pick<Ports, 'load' | 'save' | 'archive'>;

/** `open` gives a store in which nothing is kept yet; `archived` reads what was kept under an id. */
export interface StoreUnderTest {
  readonly store: Store;
  archived(id: string): Promise<unknown>;
}

/** Registers the conformance tests of one store. */
export function storeKit(name: string, open: () => Promise<StoreUnderTest>): void {
  test(`${name}: a new store holds the empty record at version 0`, async () => {
    const { store } = await open();
    assert.deepEqual(await store.load(), { record: emptyRecord(), version: 0 });
  });

  test(`${name}: a saved record comes back whole, one version later`, async () => {
    const { store } = await open();
    const { record } = verifying();
    assert.equal(await store.save(record, 0, 'a/1'), 'saved');
    assert.deepEqual(await store.load(), { record, version: 1 });
    assert.equal(await store.save(acting().record, 1, 'a/2'), 'saved');
    assert.equal((await store.load()).version, 2);
  });

  test(`${name}: a write upon an old version changes nothing`, async () => {
    const { store } = await open();
    const { record } = verifying();
    await store.save(record, 0, 'a/1');
    assert.equal(await store.save(emptyRecord(), 0, 'b/1'), 'conflict');
    await store.save(record, 1, 'a/2');
    assert.equal(await store.save(emptyRecord(), 1, 'b/2'), 'conflict');
    assert.deepEqual(await store.load(), { record, version: 2 });
  });

  test(`${name}: of writers that race for one version exactly one wins`, async () => {
    const { store } = await open();
    const { record } = verifying();
    const writes = ['a', 'b', 'c', 'd'].map((writer) => store.save(record, 0, `${writer}/1`));
    const results = await Promise.all(writes);
    assert.equal(results.filter((result) => result === 'saved').length, 1);
  });

  test(`${name}: a write whose answer was lost is recognised as our own when it is repeated`, async () => {
    const { store } = await open();
    await store.save(verifying().record, 0, 'a/1');
    assert.equal(await store.save(verifying().record, 0, 'a/1'), 'saved');
    assert.equal((await store.load()).version, 1);
  });

  test(`${name}: an archived incident is kept under its id, and twice is harmless`, async () => {
    const { store, archived } = await open();
    const incident = verifying().record.open.page;
    assert.ok(incident);
    await store.archive(incident);
    await store.archive(incident);
    assert.deepEqual(await archived('INC-0001'), incident);
    assert.equal((await store.load()).version, 0);
  });
}
