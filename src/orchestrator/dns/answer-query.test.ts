import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Answer, decode as decodePlainly, encode, type Packet } from 'dns-packet';
import fc from 'fast-check';
import { type AddressWords, formatAddress } from '../../core/ip.ts';
import { answerQuery, type QueryContext } from './answer-query.ts';

const CONTEXT: QueryContext = {
  zone: {
    name: 'cdn.example.com',
    hosts: ['@', 'www'],
    nameServers: ['ns1.example.com'],
    ttlSeconds: 5,
  },
  choose: (client: AddressWords, family) => {
    const near = formatAddress(client).startsWith('198.51.100.');
    const addresses = near ? ['192.0.2.1'] : ['192.0.2.2', '192.0.2.3'];
    return { addresses: family === 4 ? addresses : [], bits: near ? 96 + 24 : 0 };
  },
};

/** The type of the library leaves out the code, which it reads all the same. */
type DecodedPacket = ReturnType<typeof decodePlainly> & { readonly rcode?: string };
const decode: (octets: Buffer) => DecodedPacket = decodePlainly;

function ask(packet: Partial<Packet>, context: QueryContext = CONTEXT): DecodedPacket {
  const octets = encode({ type: 'query', id: 7, ...packet });
  const answer = answerQuery({ octets, from: '203.0.113.9', stream: false }, context);
  assert.ok(answer !== null);
  return decode(answer);
}

const question = (name: string, type: 'A' | 'AAAA' | 'NS' | 'SOA' | 'TXT' = 'A'): Partial<Packet> => ({
  questions: [{ name, type }],
});

function dataOf(answers: readonly Answer[] | undefined): unknown[] {
  return (answers ?? []).map((answer) => ('data' in answer ? answer.data : null));
}

/** An OPT record as resolvers send it. */
function edns(change: Record<string, unknown> = {}): Answer {
  const plain = { type: 'OPT', name: '.', udpPayloadSize: 1232, extendedRcode: 0, ednsVersion: 0 };
  return { ...plain, flags: 0, flag_do: false, options: [], ...change } as unknown as Answer;
}

describe('a question', () => {
  it('for an address is answered with those of nodes, with authority and for a short time', () => {
    const answer = ask(question('WWW.cdn.Example.com'));
    assert.deepEqual([answer.rcode, answer.flag_aa, answer.id], ['NOERROR', true, 7]);
    assert.deepEqual(dataOf(answer.answers), ['192.0.2.2', '192.0.2.3']);
    const [first] = answer.answers ?? [];
    assert.ok(first?.type === 'A' && first.ttl === 5);
    assert.equal(answer.questions?.[0]?.name, 'WWW.cdn.Example.com');
  });

  it('for what the zone has not says so, with how long that holds', () => {
    assert.equal(ask(question('other.cdn.example.com')).rcode, 'NXDOMAIN');
    const nothing = ask(question('cdn.example.com', 'TXT'));
    assert.equal(nothing.rcode, 'NOERROR');
    assert.equal(nothing.answers?.length, 0);
    assert.equal(nothing.authorities?.[0]?.type, 'SOA');
    assert.equal(ask(question('cdn.example.com', 'AAAA')).authorities?.[0]?.type, 'SOA');
  });

  it('about another zone, or of another class, is refused', () => {
    assert.equal(ask(question('example.com')).rcode, 'REFUSED');
    assert.equal(ask(question('evilcdn.example.com')).rcode, 'REFUSED');
    assert.equal(ask({ questions: [{ name: 'cdn.example.com', type: 'A', class: 'CH' }] }).rcode, 'REFUSED');
  });

  it('about the zone itself is answered', () => {
    assert.deepEqual(dataOf(ask(question('cdn.example.com', 'NS')).answers), ['ns1.example.com']);
    assert.equal(ask(question('cdn.example.com', 'SOA')).answers?.[0]?.type, 'SOA');
  });
});

describe('the network of a client', () => {
  const subnet = (octets: readonly number[]): Answer =>
    edns({ options: [{ code: 8, data: Buffer.from(octets) }] });
  const withSubnet = (octets: readonly number[]): DecodedPacket =>
    ask({ ...question('www.cdn.example.com'), additionals: [subnet(octets)] });

  it('decides, and the answer says for how much of it it holds', () => {
    const answer = withSubnet([0, 1, 24, 0, 198, 51, 100]);
    assert.deepEqual(dataOf(answer.answers), ['192.0.2.1']);
    const [record] = answer.additionals ?? [];
    assert.ok(record?.type === 'OPT');
    const [option] = record.options as unknown as readonly { readonly data: Buffer }[];
    assert.deepEqual([...option!.data], [0, 1, 24, 24, 198, 51, 100]);
  });

  it('holds for everybody where it did not decide', () => {
    const [record] = withSubnet([0, 1, 24, 0, 203, 0, 113]).additionals ?? [];
    assert.ok(record?.type === 'OPT');
    const [option] = record.options as unknown as readonly { readonly data: Buffer }[];
    assert.equal(option!.data[3], 0);
  });

  const malformed: readonly (readonly [string, readonly number[]])[] = [
    ['of an unknown family', [0, 9, 0, 0]],
    ['with more bits than an address has', [0, 1, 33, 0, 1, 2, 3, 4, 5]],
    ['with fewer octets than it says', [0, 1, 24, 0, 1]],
    ['with bits beyond those it says', [0, 1, 20, 0, 198, 51, 0xff]],
    ['with a scope in the question', [0, 1, 24, 24, 198, 51, 100]],
  ];
  for (const [what, octets] of malformed) {
    it(`${what} is a mistake`, () => {
      assert.equal(withSubnet(octets).rcode, 'FORMERR');
    });
  }
});

describe('an answer', () => {
  const many: QueryContext = {
    ...CONTEXT,
    choose: () => ({ addresses: Array.from({ length: 200 }, (_, place) => `192.0.2.${place}`), bits: 0 }),
  };

  it('that is too long for UDP is cut short, and goes as a whole over TCP', () => {
    const octets = encode({ type: 'query', id: 1, ...question('www.cdn.example.com') });
    const short = decode(answerQuery({ octets, from: '203.0.113.9', stream: false }, many)!);
    assert.equal(short.flag_tc, true);
    const whole = decode(answerQuery({ octets, from: '203.0.113.9', stream: true }, many)!);
    assert.equal(whole.answers?.length, 200);
  });

  it('is never longer than the asker takes, nor than 1232 octets', () => {
    for (const udpPayloadSize of [0, 600, 65_535]) {
      const additionals = [edns({ udpPayloadSize })];
      const octets = encode({ type: 'query', id: 1, ...question('www.cdn.example.com'), additionals });
      const answer = answerQuery({ octets, from: '203.0.113.9', stream: false }, many)!;
      assert.ok(answer.length <= Math.min(Math.max(512, udpPayloadSize), 1232));
    }
  });

  it('to a version of EDNS that is not known says which is', () => {
    const octets = encode({
      ...{ type: 'query', id: 1, ...question('www.cdn.example.com') },
      additionals: [edns({ ednsVersion: 1 })],
    });
    const [record] = decode(answerQuery({ octets, from: '203.0.113.9', stream: false }, CONTEXT)!)
      .additionals!;
    assert.ok(record?.type === 'OPT');
    assert.deepEqual([record.extendedRcode, record.ednsVersion], [1, 0]);
  });
});

it('answers nothing to answers, and an error to what cannot be read', () => {
  const response = encode({ type: 'response', id: 1 });
  assert.equal(answerQuery({ octets: response, from: '203.0.113.9', stream: false }, CONTEXT), null);
  const broken = Buffer.from('00070100000100000000000005ffff', 'hex');
  const answer = answerQuery({ octets: broken, from: '203.0.113.9', stream: false }, CONTEXT);
  assert.equal(answer?.toString('hex'), '000781010000000000000000');
});

it('survives any octets, with an answer that can be read or none', () => {
  const sample = encode({ type: 'query', id: 9, ...question('www.cdn.example.com'), additionals: [edns()] });
  const mutated = fc
    .array(fc.tuple(fc.nat({ max: sample.length - 1 }), fc.nat({ max: 255 })), { maxLength: 12 })
    .map((changes) => {
      const octets = Buffer.from(sample);
      for (const [place, octet] of changes) octets[place] = octet;
      return octets;
    });
  const anything = fc.uint8Array({ maxLength: 600 }).map((octets) => Buffer.from(octets));
  fc.assert(
    fc.property(fc.oneof(mutated, anything), (octets) => {
      const answer = answerQuery({ octets, from: '203.0.113.9', stream: false }, CONTEXT);
      if (answer === null) return;
      assert.ok(answer.length <= 1232);
      assert.deepEqual([answer[0], answer[1]], [octets[0], octets[1]]);
      decode(answer);
    }),
    { numRuns: 2000 },
  );
});
