import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parseMetadata } from '../../service/inference/metadata';

const root = join(__dirname, '../..');
const page = readFileSync(join(root, 'docs/bring-your-own-model.md'), 'utf8');
const example = JSON.parse(readFileSync(join(root, 'service/model/model.json'), 'utf8'));

describe('the page on your own model', () => {
  it('names every field of the example', () => {
    for (const field of Object.keys(example)) assert.match(page, new RegExp(`\`${field}\``), field);
  });

  it('shows features that the service takes', () => {
    const shown = [...page.matchAll(/^\{ "name".*$/gm)].map(([line]) => JSON.parse(line));
    assert.equal(shown.length, 3);
    const probe = { amount: 12.5, items: null, plan: 'team' };
    const { baseline: _, ...metadata } = example;
    const text = JSON.stringify({
      ...metadata,
      features: shown,
      probe: { instance: probe, class: metadata.classes[0] },
    });
    assert.equal(parseMetadata(text, 'model.json').features.length, shown.length);
  });
});
