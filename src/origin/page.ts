/** The one page that the test origin serves. */

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>SecBeat test origin</title>
</head>
<body>
<h1>SecBeat test origin</h1>
<p>This page stands in for your site. When you see it through the shield, requests reach the origin.</p>
</body>
</html>
`;

/** The page as it is where `bytes` is 0; else filled up with spaces, or cut, to exactly that size. */
export function renderPage(bytes: number): Buffer {
  const page = Buffer.from(PAGE, 'utf8');
  if (bytes === 0) return page;
  const body = Buffer.alloc(bytes, ' ');
  page.copy(body);
  return body;
}
