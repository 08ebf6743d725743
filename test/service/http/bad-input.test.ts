/** Bad input against a real process: whatever comes is refused or answered, never a 500, never a crash, never a hang. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { sample } from '../app-under-test';
import { openWorkshop, type RunningService, type Workshop } from '../service-process';
import { exchange, type RawAnswer, type RawExchange } from './raw-client';
import '../../seed';

const good = sample().instance;
const goodBody = JSON.stringify({ instances: [good] });

let workshop: Workshop;
let service: RunningService;

before(async () => {
  workshop = await openWorkshop();
  service = await workshop.start();
});
after(() => workshop.close());

function request(
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): (string | Uint8Array)[] {
  const all: Record<string, string> = {
    host: 'x',
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return [`POST /predict HTTP/1.1\r\n${lines.join('')}\r\n`, body];
}

/** The service is the same process, and still predicts. */
async function expectWell(): Promise<void> {
  assert.equal(service.child.exitCode, null, service.stderr());
  const { status } = await service.call('POST', '/predict', { instances: [good] });
  assert.equal(status, 200);
}

function expectProblem({ status, headers, body }: RawAnswer, what: string): void {
  assert.ok(status >= 400 && status < 500, `${what}: ${status} ${body}`);
  assert.match(headers, /content-type: application\/problem\+json/i, what);
  const problem = JSON.parse(body) as Record<string, unknown>;
  assert.equal(problem.status, status, what);
  assert.equal(typeof problem.detail, 'string', what);
  assert.equal(typeof problem.requestId, 'string', what);
  assert.ok(body.length < 20_000, `${what}: an answer of ${body.length} bytes`);
}

/** Refused as a problem, or the connection closed without a word. */
function expectRefused({ answers, isClosed }: RawExchange, what: string): void {
  const [first] = answers;
  if (first === undefined) assert.ok(isClosed, `${what}: neither answered nor closed`);
  else expectProblem(first, what);
}

/** Refused, or taken where it happens to be right. */
function expectNoFailure({ answers, isClosed }: RawExchange, what: string): void {
  const [first] = answers;
  if (first?.status === 200) return;
  if (first === undefined) assert.ok(isClosed, `${what}: neither answered nor closed`);
  else expectProblem(first, what);
}

const deep = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const withMember = (text: string): string => goodBody.replace('{"amount_eur"', `{${text},"amount_eur"`);

describe('a body that is not what it should be', () => {
  const bodies: Readonly<Record<string, string | Uint8Array>> = {
    nothing: '',
    'an unfinished object': '{"instances":[{',
    'not a number': goodBody.replace(/"amount_eur":[^,]+/, '"amount_eur":NaN'),
    'infinity as a number': goodBody.replace(/"amount_eur":[^,]+/, '"amount_eur":1e999'),
    'minus infinity as a number': goodBody.replace(/"amount_eur":[^,]+/, '"amount_eur":-1e999'),
    'a thousand digits': goodBody.replace(/"amount_eur":[^,]+/, `"amount_eur":${'9'.repeat(1000)}`),
    hexadecimal: goodBody.replace(/"amount_eur":[^,]+/, '"amount_eur":0x10'),
    'deep arrays': `{"instances":${deep(100_000)}}`,
    'deep objects': `${'{"instances":'.repeat(50_000)}1${'}'.repeat(50_000)}`,
    'an instance of deep arrays': `{"instances":[{"amount_eur":${deep(10_000)}}]}`,
    'a prototype': withMember('"__proto__":{"amount_eur":1}'),
    'a constructor': withMember('"constructor":{"prototype":{"a":1}}'),
    'a prototype at the top': '{"__proto__":{"instances":[]},"instances":[]}',
    'methods of objects as names': '{"instances":[{"toString":1,"hasOwnProperty":1,"valueOf":1}]}',
    'ten thousand unknown members': `{"instances":[{${Array.from({ length: 10_000 }, (_, i) => `"f${i}":${i}`).join(',')}}]}`,
    'a name of half a megabyte': `{"instances":[{"${'n'.repeat(500_000)}":1}]}`,
    'a text of half a megabyte': `{"instances":[{"amount_eur":"${'t'.repeat(500_000)}"}]}`,
    'bad UTF-8': Buffer.concat([
      Buffer.from('{"instances":[{"'),
      Buffer.from([0xc3, 0x28, 0xff, 0xfe]),
      Buffer.from('":1}]}'),
    ]),
    'zero bytes': Buffer.alloc(100),
    'a byte order mark alone': Buffer.from([0xef, 0xbb, 0xbf]),
    'half a surrogate pair as a name': '{"instances":[{"\\ud800":1}]}',
    'two documents': `${goodBody}${goodBody}`,
    '257 instances': JSON.stringify({ instances: Array(257).fill(good) }),
  };
  for (const [what, body] of Object.entries(bodies)) {
    it(`is refused: ${what}`, async () => {
      expectRefused(await exchange(service.port, request(body)), what);
      await expectWell();
    });
  }

  it('is taken with its last value when a name comes twice, as JSON readers do', async () => {
    const { answers } = await exchange(service.port, request(withMember('"amount_eur":-5')));
    assert.equal(answers[0]?.status, 200);
    const [refused] = (await exchange(service.port, request(goodBody.replace('}]}', ',"amount_eur":-5}]}'))))
      .answers;
    assert.equal(refused?.status, 400);
    assert.match(refused?.body ?? '', /out of range, got -5/);
  });
});

describe('HTTP that is not what it should be', () => {
  const exchanges: Readonly<Record<string, readonly (string | Uint8Array)[]>> = {
    'text that is no HTTP': ['hello\r\n\r\n'],
    'a TLS greeting': [Buffer.from([0x16, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3, 1, 2, 3, 4, 5])],
    'the preface of HTTP/2': ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    'an unknown version': ['GET / HTTP/7.3\r\nhost: x\r\n\r\n'],
    'an unknown method': ['BREW /predict HTTP/1.1\r\nhost: x\r\n\r\n'],
    'no host': ['GET /predict HTTP/1.1\r\n\r\n'],
    'an address that cannot be decoded': ['GET /%zz HTTP/1.1\r\nhost: x\r\n\r\n'],
    'a header of 100 kB': [`GET / HTTP/1.1\r\nhost: x\r\nlong: ${'h'.repeat(100_000)}\r\n\r\n`],
    'a thousand headers': [
      `GET / HTTP/1.1\r\nhost: x\r\n${Array.from({ length: 2000 }, (_, i) => `h${i}: 1234567\r\n`).join('')}\r\n`,
    ],
    'a header without a name': ['GET / HTTP/1.1\r\nhost: x\r\n: v\r\n\r\n'],
    'a control character in a header': ['GET / HTTP/1.1\r\nhost: x\r\na: b\x00c\r\n\r\n'],
    'two lengths': ['POST /predict HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}'],
    'a length and chunks': [
      'POST /predict HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}',
    ],
    'a negative length': ['POST /predict HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n'],
    'a bad chunk size': [
      'POST /predict HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n',
    ],
    'an unknown transfer encoding': [
      'POST /predict HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: gzip\r\n\r\n{}',
    ],
    'another content type': request(goodBody, { 'content-type': 'text/plain' }),
    'a content type that is none': request(goodBody, { 'content-type': ';;=' }),
    'a content type for forms': request('a=1', { 'content-type': 'application/x-www-form-urlencoded' }),
    'no content type': request(goodBody, { 'content-type': '' }),
    'a body over the limit': request(Buffer.alloc(1024 * 1024 + 1, 0x20)),
    'an announced body over the limit': [
      'POST /predict HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 999999999999\r\n\r\n{',
    ],
    'chunks over the limit': [
      'POST /predict HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n',
      ...Array.from({ length: 20 }, () => `10000\r\n${' '.repeat(65_536)}\r\n`),
    ],
    'another method': ['GET /predict HTTP/1.1\r\nhost: x\r\n\r\n'],
    'an expectation that nobody has': request(goodBody, { expect: 'a miracle' }),
  };
  for (const [what, parts] of Object.entries(exchanges)) {
    it(`is refused or closed: ${what}`, async () => {
      expectRefused(await exchange(service.port, parts), what);
      await expectWell();
    });
  }

  it('HTTP/1.0 is answered and closed', async () => {
    const [head, body] = request(goodBody);
    const old = String(head).replace('HTTP/1.1', 'HTTP/1.0');
    const { answers } = await exchange(service.port, [old, body ?? ''], { halfClose: true });
    assert.equal(answers[0]?.status, 200);
  });

  it('requests sent in one go are answered in order', async () => {
    const bad = request('{}');
    const parts = [...request(goodBody), ...bad, ...request(goodBody)].map(String);
    const { answers } = await exchange(service.port, [parts.join('')], { until: (all) => all.length === 3 });
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 400, 200],
    );
  });

  it('a client that has closed its side is still answered', async () => {
    const { answers } = await exchange(service.port, request(goodBody), { halfClose: true });
    assert.equal(answers[0]?.status, 200);
  });

  it('a client that goes away in the middle of its body leaves no trace', async () => {
    for (let times = 0; times < 50; times += 1) {
      await exchange(service.port, [String(request(goodBody)[0]), goodBody.slice(0, 20)], { patienceMs: 1 });
    }
    await expectWell();
  });

  it('slow clients hold up nobody', async () => {
    const slow = Array.from({ length: 50 }, () =>
      exchange(service.port, [...'POST /predict HTTP/1.1\r\nhost'], { pauseMs: 20, patienceMs: 100 }),
    );
    const waits: number[] = [];
    for (let calls = 0; calls < 10; calls += 1) {
      const startedAt = performance.now();
      await expectWell();
      waits.push(performance.now() - startedAt);
    }
    await Promise.all(slow);
    assert.ok(Math.min(...waits) < 500, `${waits}`);
  });
});

/** JSON that is nearly right: the good instance with members changed, added, taken away or broken. */
const nearly = fc
  .tuple(
    fc.constantFrom(...Object.keys(good)),
    fc.oneof(
      fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value)),
      fc.constantFrom('1e999', '-0', 'NaN', '01', '+1', '.5'),
    ),
    fc.constantFrom('change' as const, 'drop' as const, 'add' as const, 'wrap' as const),
  )
  .map(([name, text, how]) => {
    const members = Object.entries(good).map(([key, value]): [string, string] => [key, String(value)]);
    const changed =
      how === 'drop'
        ? members.filter(([key]) => key !== name)
        : how === 'add'
          ? [...members, [`${name}_`, text] as [string, string]]
          : members.map(([key, value]): [string, string] => [key, key === name ? text : value]);
    const instance = `{${changed.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`;
    return how === 'wrap' ? `{"instances":${instance}}` : `{"instances":[${instance}]}`;
  });

describe('whatever comes', () => {
  it('as a body, is refused or answered', async () => {
    const body = fc.oneof(
      { weight: 4, arbitrary: nearly },
      { weight: 2, arbitrary: fc.json({ maxDepth: 4 }) },
      { weight: 1, arbitrary: fc.json().map((text) => `{"instances":${text}}`) },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
    );
    await fc.assert(
      fc.asyncProperty(body, async (each) => {
        expectNoFailure(await exchange(service.port, request(each)), 'a body');
      }),
      { numRuns: 400 },
    );
    await expectWell();
  });

  it('as bytes, is refused, answered or closed', async () => {
    const text = `${request(goodBody).join('')}`;
    const damaged = fc
      .tuple(
        fc.nat(text.length - 1),
        fc.oneof(
          fc.constant(''),
          fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }),
          fc.constantFrom('\r\n', '\0', ':', '\r\n\r\n'),
        ),
        fc.nat(3),
      )
      .map(([at, put, cut]) => text.slice(0, at) + put + text.slice(at + cut));
    const bytes = fc.oneof(
      { weight: 4, arbitrary: damaged },
      { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 300 }) },
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (each) => {
        const { answers } = await exchange(service.port, [each], { halfClose: true, patienceMs: 300 });
        // What is cut short is waited for, or was a request by then: only a failure would be wrong.
        for (const answer of answers) {
          if (answer.status !== 200) expectProblem(answer, JSON.stringify(String(each)));
        }
      }),
      { numRuns: 300 },
    );
    await expectWell();
  });
});
