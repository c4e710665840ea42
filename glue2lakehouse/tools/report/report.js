"use strict";
const CONTEXT = 4;
const files = [...document.querySelectorAll(".file")];
const byId = (id) => document.getElementById(id);

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function paint(cell, line, from, to) {
  const [text, marks] = line;
  let at = 0;
  const put = (piece, colour, marked) => {
    if (!piece) return;
    const node = colour ? element("span", "t" + colour, piece) : document.createTextNode(piece);
    if (!marked) return cell.append(node);
    const mark = element("mark");
    mark.append(node);
    cell.append(mark);
  };
  for (const [, colour, length] of marks.matchAll(/([a-z]?)(\d+)/g)) {
    const end = at + Number(length);
    const cuts = [at, Math.min(Math.max(from, at), end), Math.min(Math.max(to, at), end), end];
    put(text.slice(cuts[0], cuts[1]), colour, false);
    put(text.slice(cuts[1], cuts[2]), colour, true);
    put(text.slice(cuts[2], cuts[3]), colour, false);
    at = end;
  }
  put(text.slice(at), "", false);
}

function changedPart(a, b) {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const kept = a.slice(0, start).trim().length + (end ? a.slice(-end).trim().length : 0);
  if (!a.trim() || !b.trim() || kept < 0.35 * Math.min(a.trim().length, b.trim().length)) return [[0, 0], [0, 0]];
  return [[start, a.length - end], [start, b.length - end]];
}

function drawRow(index, data, [left, right], edits) {
  const row = element("tr");
  const before = left ? data.before[left - 1] : null;
  let after = right ? data.after[right - 1] : null;
  const equal = left > 0 && after === left;
  if (equal) after = before;
  const parts = !equal && before && after ? changedPart(before[0], after[0]) : [[0, 0], [0, 0]];
  const side = (number, line, className, part) => {
    const shade = equal ? "" : number ? className : "pad";
    row.append(element("td", "no " + shade, number || ""));
    const cell = element("td", shade);
    if (line) paint(cell, line, part[0], part[1]);
    row.append(cell);
  };
  side(left, before, "gone", parts[0]);
  const why = element("td", "why");
  for (const edit of edits) {
    const chip = element("span", "chip cert-" + edit.certainty, edit.rule + " ");
    chip.append(element("i", "", edit.certainty));
    chip.title = `line ${edit.source_line} → ${edit.rule} (${edit.certainty}) → line ${edit.target_line}` +
      (edit.condition ? "\nequal while: " + edit.condition : "");
    why.append(chip, " ");
  }
  row.append(why);
  side(right, after, "new", parts[1]);
  if (left) row.id = `f${index}L${left}`;
  return row;
}

function drawNote(finding) {
  const row = element("tr", "note sev-" + finding.severity);
  const cell = element("td");
  cell.colSpan = 5;
  const told = element("div", "told");
  told.append(element("span", "chip sev-" + finding.severity, finding.severity), " ", element("code", "", finding.rule),
    " " + finding.message);
  if (finding.action) told.append(" ", element("b", "", finding.action));
  cell.append(told);
  row.append(cell);
  return row;
}

function grouped(items, key) {
  const groups = new Map();
  for (const item of items) groups.set(item[key], [...(groups.get(item[key]) || []), item]);
  return groups;
}

function drawSides(file) {
  const holder = file.querySelector(".sides");
  if (!holder || holder.firstChild) return;
  const data = JSON.parse(holder.nextElementSibling.textContent);
  const index = file.id.slice(1);
  const edits = grouped(data.edits, "source_line");
  const notes = grouped(data.findings, "line");
  const table = element("table", "diff");
  const columns = element("colgroup");
  for (const name of ["no", "", "why", "no", ""]) columns.append(element("col", name));
  const head = element("tr");
  for (const [text, span] of [["before", 2], ["rule", 1], ["after  " + holder.dataset.target, 2]]) {
    const cell = element("th", "", text);
    cell.colSpan = span;
    cell.scope = "col";
    head.append(cell);
  }
  const body = element("tbody");
  table.append(columns, element("thead"), body);
  table.tHead.append(head);

  const isEqual = ([left, right]) => left > 0 && right > 0 && (data.after[right - 1] === left || data.after[right - 1] === null);
  const shown = data.rows.map((row) => !isEqual(row) || edits.has(row[0]) || notes.has(row[0]));
  const near = shown.map((_, at) => shown.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).includes(true));
  const put = (at, before) => {
    const made = [drawRow(index, data, data.rows[at], edits.get(data.rows[at][0]) || []),
      ...(data.rows[at][0] ? notes.get(data.rows[at][0]) || [] : []).map(drawNote)];
    for (const row of made) body.insertBefore(row, before);
  };
  for (let at = 0; at < data.rows.length; ) {
    let end = at;
    while (end < data.rows.length && !near[end]) end++;
    if (end - at > 3) drawGap(body, data, at, end, put);
    else for (let one = at; one < end; one++) put(one, null);
    if (end < data.rows.length) put(end, null);
    at = end + 1;
  }
  holder.append(table);
}

function drawGap(body, data, from, to, put) {
  const row = element("tr", "gap");
  const cell = element("td");
  cell.colSpan = 5;
  const count = to - from;
  const missing = data.rows.slice(from, to).filter(([left]) => left && data.before[left - 1] === null).length;
  const button = element("button", "", `⋯ ${count} equal lines` + (missing ? `, ${missing} of them not in the report` : ""));
  button.type = "button";
  button.addEventListener("click", () => {
    for (let at = from; at < to; at++) {
      const [left] = data.rows[at];
      if (!left || data.before[left - 1] !== null) put(at, row);
    }
    row.remove();
  });
  row.openLines = () => button.click();
  cell.append(button);
  row.append(cell);
  body.append(row);
}

function follow() {
  const match = /^#f(\d+)(?:L(\d+))?$/.exec(location.hash);
  if (!match) return;
  const file = byId("f" + match[1]);
  if (!file) return;
  file.hidden = false;
  file.open = true;
  drawSides(file);
  document.querySelectorAll(".aim").forEach((row) => row.classList.remove("aim"));
  const row = match[2] && byId(location.hash.slice(1));
  if (row) row.classList.add("aim");
  (row || file).scrollIntoView({ block: row ? "center" : "start" });
}

function filter() {
  const words = byId("query").value.toLowerCase().split(/\s+/).filter(Boolean);
  const statuses = new Set([...document.querySelectorAll(".toggle[aria-pressed=true]")].map((b) => b.dataset.status));
  const evidence = byId("evidence").value;
  const severity = byId("severity").value;
  let count = 0;
  for (const file of files) {
    const text = file.dataset.path + " " + file.dataset.rules;
    const found = file.dataset.severity.trim().split(" ");
    const keep = words.every((word) => text.includes(word)) && statuses.has(file.dataset.status) &&
      (!evidence || file.dataset.evidence === evidence) &&
      (!severity || (severity === "none" ? found[0] === "" : found.includes(severity)));
    file.hidden = !keep;
    count += keep;
  }
  const all = count === files.length;
  byId("shown").textContent = (all ? "" : count + " of ") + files.length + (files.length === 1 ? " file" : " files");
  byId("none-shown").hidden = count > 0 || files.length === 0;
  byId("reset").hidden = all;
}

for (const file of files) file.addEventListener("toggle", () => { if (file.open) drawSides(file); });
for (const button of document.querySelectorAll(".toggle")) {
  button.addEventListener("click", () => {
    button.setAttribute("aria-pressed", button.getAttribute("aria-pressed") !== "true");
    filter();
  });
}
for (const id of ["query", "evidence", "severity"]) byId(id).addEventListener("input", filter);
byId("reset").addEventListener("click", () => {
  for (const id of ["query", "evidence", "severity"]) byId(id).value = "";
  document.querySelectorAll(".toggle").forEach((button) => button.setAttribute("aria-pressed", "true"));
  filter();
  byId("query").focus();
});
byId("theme").addEventListener("click", () => {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
});
addEventListener("keydown", (event) => {
  const typing = event.target.matches("input, select, textarea");
  if (event.key === "/" && !typing) { event.preventDefault(); byId("query").focus(); }
  if (event.key === "Escape" && event.target === byId("query")) { byId("query").value = ""; filter(); }
});
addEventListener("hashchange", follow);
addEventListener("beforeprint", () => document.querySelectorAll(".group").forEach((group) => { group.open = true; }));
follow();
