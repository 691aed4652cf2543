// Files in and out: text, HTML and .docx are read here; Markdown and .docx are written here.

const MOST_BYTES = 8 * 1024 * 1024;
const WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

/** The text of a dropped file as { text, title }; throws Error with one of our error codes as message. */
export async function readFile(file) {
  if (file.size > MOST_BYTES) throw new Error("file_large");
  const bytes = new Uint8Array(await file.arrayBuffer());
  const name = file.name.toLowerCase();
  if (name.endsWith(".docx")) return readDocx(bytes);
  const readable = /\.(txt|text|md|html?|xhtml)$/.test(name) || file.type.startsWith("text/");
  if (!readable || bytes.subarray(0, 4096).includes(0) && !hasWideMark(bytes)) throw new Error("file_type");
  return { text: decode(bytes, /\.x?html?$/.test(name) || file.type === "text/html"), title: "" };
}

function hasWideMark(bytes) {
  return (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
}

/** Bytes as text: by their mark, as UTF-8 if they are that, by what the page says, else as Windows-1252. */
export function decode(bytes, isPage) {
  if (hasWideMark(bytes)) return new TextDecoder(bytes[0] === 0xff ? "utf-16le" : "utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const latin = new TextDecoder("windows-1252").decode(bytes);
    const named = isPage ? /<meta[^>]+charset=["']?([\w-]+)/i.exec(latin.slice(0, 2048))?.[1] : null;
    try {
      return named ? new TextDecoder(named).decode(bytes) : latin;
    } catch {
      return latin;
    }
  }
}

async function readDocx(bytes) {
  let source;
  try {
    source = new TextDecoder().decode(await member(bytes, "word/document.xml"));
  } catch (error) {
    throw new Error(error.message === "file_large" ? "file_large" : "file_damaged", { cause: error });
  }
  const parsed = new DOMParser().parseFromString(source, "application/xml");
  const body = parsed.getElementsByTagNameNS(WORD, "body")[0];
  if (!body) throw new Error("file_damaged");
  let title = "";
  const lines = [];
  for (const block of body.getElementsByTagNameNS(WORD, "p")) {
    if (block.closest("Fallback")) continue; // older programs' copy of a text box
    const text = runs(block).trim();
    const style = block.getElementsByTagNameNS(WORD, "pStyle")[0]?.getAttributeNS(WORD, "val") ?? "";
    if (!title && text && /^(title|titre)$/i.test(style)) title = text;
    else lines.push(text);
  }
  return { text: lines.join("\n\n").replace(/\n{3,}/g, "\n\n").trim(), title };
}

/** What a paragraph says, without text boxes (paragraphs of their own), deleted text and field codes. */
function runs(block) {
  let said = "";
  for (const node of block.getElementsByTagNameNS(WORD, "*")) {
    if (node.closest("p") !== block) continue;
    if (node.localName === "t") said += node.textContent;
    else if (node.localName === "tab") said += node.parentNode.localName === "r" ? " " : "";
    else if (node.localName === "br" || node.localName === "cr") said += "\n";
    else if (node.localName === "noBreakHyphen") said += "-";
  }
  return said;
}

/** One member of a zip archive (APPNOTE.TXT 4.3): found by the central directory, stored or deflated. */
async function member(bytes, wanted) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end -= 1;
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left -= 1) {
    if (view.getUint32(at, true) !== 0x02014b50) break;
    const lengths = [28, 30, 32].map((place) => view.getUint16(at + place, true));
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + lengths[0]));
    if (name === wanted) {
      const size = view.getUint32(at + 20, true);
      const header = view.getUint32(at + 42, true);
      const from = header + 30 + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
      return unpack(bytes.subarray(from, from + size), view.getUint16(at + 10, true));
    }
    at += 46 + lengths[0] + lengths[1] + lengths[2];
  }
  throw new Error("file_damaged");
}

async function unpack(packed, method) {
  if (method === 0) return packed;
  if (method !== 8) throw new Error("file_damaged");
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const parts = [];
  let size = 0;
  for (const reader = stream.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    // A small archive may unpack to something enormous.
    if (size > 4 * MOST_BYTES) throw new Error("file_large");
    parts.push(value);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/** The briefs as Markdown: title, each language, then the French sentences with their sources. */
export function asMarkdown(outline) {
  const plain = (text) => text.replace(/([\\`*_[\]<>#])/g, "\\$1").replace(/\s*\n\s*/g, " ");
  const parts = [`# ${plain(outline.title)}`];
  for (const { heading, text } of outline.briefs) parts.push(`## ${plain(heading)}`, plain(text));
  parts.push(`## ${plain(outline.sourcesHeading)}`);
  outline.sources.forEach(({ sentence, quotes }, index) => {
    parts.push([`${index + 1}. ${plain(sentence)}`, ...quotes.map((quote) => `   > ${plain(quote)}`)].join("\n\n"));
  });
  return `${parts.join("\n\n")}\n`;
}

/** The same as a Word document. */
export function asDocx(outline) {
  const lines = [["Title", outline.title]];
  for (const { heading, text } of outline.briefs) lines.push(["Heading1", heading], ["", text]);
  lines.push(["Heading1", outline.sourcesHeading]);
  for (const { sentence, quotes } of outline.sources) lines.push(["", sentence], ...quotes.map((one) => ["Quote", one]));
  const body = lines.map(([style, text]) => wordParagraph(style, text)).join("");
  return zip({
    "[Content_Types].xml": `${XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="${OFFICE}.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="${OFFICE}.styles+xml"/></Types>`,
    "_rels/.rels": relationships("officeDocument", "word/document.xml"),
    "word/document.xml": `${XML}<w:document xmlns:w="${WORD}"><w:body>${body}<w:sectPr/></w:body></w:document>`,
    "word/_rels/document.xml.rels": relationships("styles", "styles.xml"),
    "word/styles.xml": `${XML}<w:styles xmlns:w="${WORD}">${STYLES.map(wordStyle).join("")}</w:styles>`,
  });
}

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const OFFICE = "application/vnd.openxmlformats-officedocument.wordprocessingml";
// Name, half points of the type, further properties of the run.
const STYLES = [
  ["Title", 44, "<w:b/>"],
  ["Heading1", 30, "<w:b/>"],
  ["Quote", 22, "<w:i/>"],
];

function relationships(kind, target) {
  const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  return `${XML}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${office}/${kind}" Target="${target}"/></Relationships>`;
}

function wordStyle([name, size, properties]) {
  const spacing = '<w:pPr><w:spacing w:before="160" w:after="120"/></w:pPr>';
  return `<w:style w:type="paragraph" w:styleId="${name}"><w:name w:val="${name}"/>${spacing}<w:rPr>${properties}<w:sz w:val="${size}"/></w:rPr></w:style>`;
}

function wordParagraph(style, text) {
  const properties = style ? `<w:pPr><w:pStyle w:val="${style}"/></w:pPr>` : "";
  return `<w:p>${properties}<w:r><w:t xml:space="preserve">${escaped(text)}</w:t></w:r></w:p>`;
}

function escaped(text) {
  const named = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
  // XML 1.0 has no place for control characters, not even escaped.
  return text.replace(/[&<>]/g, (sign) => named[sign]).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "");
}

/** A zip archive whose members are stored as they are. */
export function zip(members) {
  const encoder = new TextEncoder();
  const files = [];
  const directory = [];
  let offset = 0;
  for (const [path, content] of Object.entries(members)) {
    const name = encoder.encode(path);
    const data = encoder.encode(content);
    // Version 2.0, names in UTF-8, stored, 1 January 1980; then checksum, sizes and lengths.
    const common = [u16(20), u16(0x0800), u16(0), u16(0), u16(0x21), u32(crc32(data)), u32(data.length), u32(data.length), u16(name.length), u16(0)];
    files.push(u32(0x04034b50), ...common, name, data);
    directory.push(u32(0x02014b50), u16(20), ...common, u16(0), u16(0), u16(0), u32(0), u32(offset), name);
    offset += 30 + name.length + data.length;
  }
  const count = Object.keys(members).length;
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end = [u32(0x06054b50), u16(0), u16(0), u16(count), u16(count), u32(size), u32(offset), u16(0)];
  return new Blob([...files, ...directory, ...end], { type: `${OFFICE}.document` });
}

const u16 = (value) => new Uint8Array([value, value >>> 8]);
const u32 = (value) => new Uint8Array([value, value >>> 8, value >>> 16, value >>> 24]);

function crc32(data) {
  let sum = ~0;
  for (const byte of data) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}
