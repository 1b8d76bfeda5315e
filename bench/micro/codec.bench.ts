/** What reading and writing message heads costs. Run: bun bench/micro/codec.bench.ts */
import { parseRequestHead } from '../../src/http/parse-request.ts';
import { parseResponseHead } from '../../src/http/parse-response.ts';
import { RequestHead } from '../../src/http/request-head.ts';
import { ResponseHead } from '../../src/http/response-head.ts';
import { constantLines, writeRequestHead } from '../../src/http/write-request.ts';
import { writeResponseHead } from '../../src/http/write-response.ts';
import { measure } from './measure.ts';

const LIMITS = { targetBytesMax: 8192, headerBytesMax: 32_768, headerCountMax: 100 };
const PEER = '192.0.2.1';
const BY = { peer: PEER, scheme: 'https', trusted: false, lines: constantLines(PEER, 'https') } as const;

const REWRITE = { defaultHost: '', preserveHost: true, requestEdits: null } as const;

const SHORT = head('GET / HTTP/1.1', 'Host: www.example.org');
const BROWSER = head(
  'GET /articles/2026/autumn?page=2&sort=new HTTP/1.1',
  'Host: www.example.org',
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64) ExampleBrowser/140.0',
  'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'Accept-Language: en-GB,en;q=0.5',
  'Accept-Encoding: gzip, deflate, br, zstd',
  'Referer: https://www.example.org/articles/2026',
  'Cookie: session=4f2a9c0d7be144f1; theme=dark; visits=17',
  'Connection: keep-alive',
  'Sec-Fetch-Dest: document',
  'Sec-Fetch-Mode: navigate',
  'Sec-Fetch-Site: same-origin',
);
const ANSWER = head(
  'HTTP/1.1 200 OK',
  'Server: example',
  'Date: Sun, 22 Nov 2026 12:00:00 GMT',
  'Content-Type: text/plain',
  'Content-Length: 100',
  'Connection: keep-alive',
);

const request = new RequestHead(LIMITS.headerCountMax);
const response = new ResponseHead(LIMITS.headerCountMax);
const out = Buffer.alloc(8192);

for (const [title, bytes] of [['two lines', SHORT] as const, ['as browsers send it', BROWSER] as const]) {
  measure(`read a request head, ${title}`, () => read(bytes));
  measure(`read it and write the origin's, ${title}`, () => {
    read(bytes);
    return out.latin1Write(writeRequestHead(request, BY, 0, 0, '4f2a9c0d7be1-a', REWRITE), 0, out.length);
  });
}
measure('read a response head', readAnswer);
measure("read it and write the client's", () => {
  readAnswer();
  return out.latin1Write(writeResponseHead(response, false, false, 1), 0, out.length);
});

function head(...lines: readonly string[]): Buffer {
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
}

function read(bytes: Buffer): number {
  request.clear();
  return parseRequestHead(bytes, 0, bytes.length, request, LIMITS);
}

function readAnswer(): number {
  response.clear();
  return parseResponseHead(ANSWER, 0, ANSWER.length, response, LIMITS, 'GET');
}
