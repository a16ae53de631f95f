"use strict";
(() => {
  // Whatever comes from a report or from code becomes text nodes, never markup.
  const data = JSON.parse(document.getElementById("data").textContent);
  const findings = data.findings;
  const byId = (id) => document.getElementById(id);
  const list = byId("list").firstElementChild;
  const detail = byId("detail");
  const status = byId("status");
  const store = "autofix-review:" + data.digest;
  const narrow = matchMedia("(max-width: 899px)");
  const FIELDS = ["severity", "codemod", "outcome", "safety"];
  const WORDS = { accept: "accepted", skip: "skipped" };
  const filters = { text: "", severity: "", codemod: "", outcome: "", safety: "", decision: "" };
  let decisions = new Map();
  let past = [];
  let theme = "";
  let unified = null;
  let current = -1;
  let kept = true;

  function el(tag, properties, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(properties || {})) {
      if (name === "class") made.className = value;
      else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
      else if (value === true) made.setAttribute(name, "");
      else if (value !== false && value !== null) made.setAttribute(name, value);
    }
    made.append(...children.filter((child) => child !== null && child !== ""));
    return made;
  }

  const decidable = (item) => data.decidable && item.patch !== "";
  const link = (item) => "#f=" + encodeURIComponent(item.name);
  const verdict = (item) => (decisions.get(item.name) || {}).decision || "";

  // ---- What was decided, kept in this browser under the digest of the page.

  function load() {
    try {
      const saved = JSON.parse(localStorage.getItem(store) || "{}");
      const names = new Map(findings.map((item) => [item.name, item]));
      for (const [name, value] of Object.entries(saved.decisions || {})) {
        const item = names.get(name);
        if (item && decidable(item) && value.decision in WORDS && Array.isArray(value.off)) {
          decisions.set(name, { decision: value.decision, off: value.off.filter(Number.isInteger) });
        }
      }
      if (["light", "dark"].includes(saved.theme)) theme = saved.theme;
    } catch (error) {
      kept = false;
    }
  }

  function keep() {
    try {
      localStorage.setItem(store, JSON.stringify({ decisions: Object.fromEntries(decisions), theme }));
    } catch (error) {
      kept = false;
    }
  }

  function document_() {
    const decided = [];
    for (const item of findings) {
      const value = decisions.get(item.name);
      if (!value) continue;
      const each = item.changes.map((change, number) => ({
        site: { path: change.path, line: change.line, mark: change.mark, function: change.function },
        decision: value.decision === "accept" && !value.off.includes(number) ? "accept" : "skip",
      }));
      const any = each.some((change) => change.decision === "accept");
      decided.push({
        finding: item.name, key: item.key, patch: item.patch,
        decision: any ? "accept" : "skip", changes: each,
        also: item.also.filter((other) => !other.files.length).map((other) => other.name),
      });
    }
    const report = data.reports.length === 1 ? data.reports[0] : data.reports;
    return { version: 1, report, base: data.base, decisions: decided };
  }

  function save() {
    const text = JSON.stringify(document_(), null, 2) + "\n";
    const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    const anchor = el("a", { href: address, download: "autofix-decisions.json" });
    document.body.append(anchor);
    anchor.click();
    anchor.remove();
    setTimeout(() => URL.revokeObjectURL(address), 60000);
    tell("saved as autofix-decisions.json: autofix apply --decisions autofix-decisions.json");
  }

  // ---- The list.

  function label(item) {
    const word = WORDS[verdict(item)] || "";
    return { accepted: "✓ accepted", skipped: "✗ skipped" }[word] || "";
  }

  const rows = findings.map((item, number) => {
    const state = el("span", { class: "state" });
    const anchor = el(
      "a", { href: link(item), "data-number": number },
      el("span", { class: "name" }, item.ids), " ", item.title,
      el("small", {}, state,
        [item.severity, item.outcome, item.codemod, item.safety, item.where].filter(Boolean).join(" · ")),
    );
    return { line: el("li", {}, anchor), anchor, state, text: haystack(item) };
  });

  function haystack(item) {
    const parts = [item.name, item.title, item.codemod, item.outcome, item.reason, item.where];
    for (const change of item.changes) parts.push(change.path, change.function, change.what);
    for (const [name, text] of item.said) parts.push(name, text);
    for (const other of item.also) parts.push(other.name, other.title, ...other.said.flat());
    return parts.concat(item.left).join("\n").toLowerCase();
  }

  function mark(number) {
    const word = verdict(findings[number]);
    const row = rows[number];
    row.state.textContent = word ? label(findings[number]) + " · " : "";
    row.state.className = "state " + word;
  }

  function shown(number) {
    return !rows[number].line.hidden;
  }

  function filter() {
    const words = filters.text.toLowerCase().split(/\s+/).filter(Boolean);
    findings.forEach((item, number) => {
      const decision = verdict(item) || (decidable(item) ? "open" : "none");
      const fits =
        FIELDS.every((name) => !filters[name] || item[name] === filters[name]) &&
        (!filters.decision || filters.decision === decision) &&
        words.every((word) => rows[number].text.includes(word));
      rows[number].line.hidden = !fits;
    });
    for (const bar of document.querySelectorAll(".bar")) {
      bar.setAttribute("aria-pressed", String(filters[bar.dataset.field] === bar.dataset.value));
    }
    count();
  }

  function tell(text) {
    status.textContent = text;
  }

  function count() {
    const seen = findings.filter((_, number) => shown(number)).length;
    const parts = [seen === findings.length ? `${seen} ${data.noun}s` : `${seen} of ${findings.length} ${data.noun}s`];
    if (data.decidable) {
      const all = findings.filter(decidable).length;
      const accepted = findings.filter((item) => verdict(item) === "accept").length;
      const skipped = findings.filter((item) => verdict(item) === "skip").length;
      parts.push(`${accepted} accepted`, `${skipped} skipped`, `${all - accepted - skipped} to decide`);
    }
    if (!kept) parts.push("this browser keeps nothing: save before you leave");
    tell(parts.join(" · "));
  }

  // ---- The detail.

  function line(segments) {
    return segments.map(([text, token, marked]) => {
      const part = token ? el("span", { class: token }, text) : document.createTextNode(text);
      return marked ? el("mark", {}, part) : part;
    });
  }

  const cell = (name, ...children) => el("td", { class: name }, ...children);

  function sideBySide(hunk, body) {
    for (const [kind, left, old, right, now] of hunk.rows) {
      const gone = kind === "=" ? "" : left ? " del" : " none";
      const come = kind === "=" ? "" : right ? " add" : " none";
      body.append(el("tr", {},
        cell("no" + gone, left ? String(left) : ""), cell("sign" + gone, gone === " del" ? "−" : ""),
        cell("code" + gone, ...(old ? line(old) : [])),
        cell("no" + come, right ? String(right) : ""), cell("sign" + come, come === " add" ? "+" : ""),
        cell("code" + come, ...(right ? line(now || old) : []))));
    }
  }

  function oneColumn(hunk, body) {
    let removed = [];
    let added = [];
    const flush = () => {
      body.append(...removed, ...added);
      removed = [];
      added = [];
    };
    const row = (kind, left, right, sign, segments) => el("tr", {},
      cell("no" + kind, left), cell("no" + kind, right), cell("sign" + kind, sign),
      cell("code" + kind, ...line(segments)));
    for (const [kind, left, old, right, now] of hunk.rows) {
      if (kind === "=") {
        flush();
        body.append(row("", String(left), String(right), "", old));
        continue;
      }
      if (left) removed.push(row(" del", String(left), "", "−", old));
      if (right) added.push(row(" add", "", String(right), "+", now));
    }
    flush();
  }

  const COLUMNS = { both: ["no", "sign", "", "no", "sign", ""], one: ["no", "no", "sign", ""] };

  function file(item, one) {
    const words = { new: " (new file)", gone: " (the file goes)", changed: "" }[item.status];
    const columns = one ? COLUMNS.one : COLUMNS.both;
    const table = el("table", {}, el("caption", {}, `What changes in ${item.path}: a minus sign is before, a plus sign after`),
      el("colgroup", {}, ...columns.map((name) => el("col", { class: name }))));
    for (const hunk of item.hunks) {
      const body = el("tbody", {}, el("tr", {}, el("th", { colspan: columns.length, scope: "rowgroup" }, hunk.head)));
      (one ? oneColumn : sideBySide)(hunk, body);
      table.append(body);
    }
    return el("section", { class: "file", "aria-label": item.path },
      el("h4", {}, item.path + words), item.note ? el("p", { class: "muted" }, item.note) : null, table);
  }

  function excerpt(item) {
    const body = el("tbody", {});
    for (const [number, segments] of item.lines) {
      const spot = segments.some((part) => part[2]);
      body.append(el("tr", { class: spot ? "spot" : "" }, cell("no", String(number)), cell("sign", spot ? "›" : ""),
        cell("code", ...line(segments.map(([text, token]) => [text, token])))));
    }
    return el("section", { class: "file", "aria-label": item.path }, el("h4", {}, item.path),
      el("table", {}, el("caption", {}, `Today's code in ${item.path}`),
        el("colgroup", {}, ...["no", "sign", ""].map((name) => el("col", { class: name }))), body));
  }

  const facts = (pairs) => el("ul", { class: "facts" },
    ...pairs.filter(([, value]) => value).map(([name, value]) => el("li", {}, el("span", {}, name + " "), value)));

  function part(title, lines) {
    if (!lines.length) return [];
    return [el("h3", {}, title), el("ul", { class: "plain" }, ...lines.map((text) => el("li", {}, text)))];
  }

  function fold(title, open, ...children) {
    return el("details", { open }, el("summary", {}, title), ...children);
  }

  // Prose as it is, fenced code as code: the evidence as the auditor saw it.
  function words(text) {
    const parts = [];
    let lines = [];
    let fence = "";
    const flush = (tag) => {
      if (lines.length) parts.push(el(tag, {}, lines.join("\n")));
      lines = [];
    };
    for (const one of text.split("\n")) {
      const mark_ = /^\s*(`{3,}|~{3,})/.exec(one);
      if (mark_ && !fence) {
        flush("div");
        fence = mark_[1];
      } else if (fence && mark_ && mark_[1].startsWith(fence)) {
        flush("pre");
        fence = "";
      } else lines.push(one);
    }
    flush(fence ? "pre" : "div");
    return parts;
  }

  function changes(item, number, live) {
    if (!item.changes.length) return [];
    const off = (decisions.get(item.name) || { off: [] }).off;
    const several = live && decidable(item) && item.changes.length > 1;
    return [
      el("h3", {}, "What changes"),
      el("ul", { class: "changes" }, ...item.changes.map((change, index) => {
        const place = change.function ? `${change.path}:${change.line} in ${change.function}` : `${change.path}:${change.line}`;
        const text = el("span", {}, `${change.what} `, el("span", { class: "muted" }, `${place} · ${change.safety}`),
          ...change.notes.map((note) => el("div", { class: "muted" }, "note: " + note)));
        if (!several) return el("li", {}, !live && off.includes(index) ? "left out: " : "", text);
        const box = el("input", { type: "checkbox", checked: !off.includes(index) });
        box.addEventListener("change", () => toggle(number, index, box.checked));
        return el("li", {}, el("label", {}, box, text));
      })),
    ];
  }

  function article(number, live) {
    const item = findings[number];
    const one = !live || narrow.matches ? true : unified === true;
    const title = live ? "detail-title" : null;
    return el("article", { "aria-labelledby": title },
      live ? el("button", { type: "button", class: "tool back", onclick: toList }, "← all") : null,
      el("h2", { id: title }, `${item.ids}: ${item.title}`),
      facts([
        ["severity", item.severity], ["outcome", item.outcome], ["codemod", item.codemod],
        ["safety", item.safety], ["where", item.where], ["report", item.report],
        ["", live ? el("a", { href: link(item) }, "permalink") : ""],
      ]),
      !live && verdict(item) ? el("p", { class: "state" }, label(item)) : null,
      item.files.length ? null : el("p", { class: "reason" }, item.reason || item.outcome),
      ...changes(item, number, live),
      live && decidable(item) ? acts(item) : null,
      ...part("What is left", item.left),
      ...part("To be minded", item.notes),
      ...(item.files.length ? [el("h3", {}, "The diff")] : []),
      ...item.files.map((changed) => file(changed, one)),
      ...(item.now.length ? [el("h3", {}, "The place now")] : []),
      ...item.now.map(excerpt),
      item.said.length ? fold("What the report says", true, said(item)) : null,
      ...item.also.flatMap((other) => also(other, live, one)),
      item.found.length ? fold("How the place was found", !live, ...part("Steps", item.found)) : null,
      item.gates.length ? el("p", { class: "muted" }, "checked: " + item.gates.join(" · ")) : null);
  }

  const said = (item) => el("dl", { class: "said" },
    ...item.said.flatMap(([name, text]) => [el("dt", {}, name), el("dd", {}, ...words(text))]));

  // The same defect, as another finding tells it: its words, and its own fix where that is another.
  function also(other, live, one) {
    const parts = [fold(`Also reported as ${other.name}`, !live,
      facts([["severity", other.severity], ["report", other.report], ["", other.title]]), said(other))];
    if (other.files.length) {
      parts.push(el("h3", {}, `Not written: the part that only ${other.name} would change`), ...other.files.map((changed) => file(changed, one)));
    }
    return parts;
  }

  function acts(item) {
    const word = verdict(item);
    const button = (name, key, text, act) => el("button",
      { type: "button", class: `act ${name}`, "aria-pressed": name in WORDS ? String(word === name) : null, onclick: act },
      text + " ", el("kbd", {}, key));
    return el("div", { class: "acts" },
      button("accept", "a", "✓ Accept", () => decide("accept")),
      button("skip", "s", "✗ Skip", () => decide("skip")),
      button("undo", "u", "Undo", undo),
      el("span", { class: `state ${word}` }, word ? label(item) : "not decided yet"));
  }

  function select(number, focus) {
    if (number < 0 || number >= findings.length) return;
    if (current >= 0) rows[current].anchor.removeAttribute("aria-current");
    current = number;
    rows[number].anchor.setAttribute("aria-current", "true");
    detail.replaceChildren(article(number, true));
    document.body.dataset.view = "detail";
    if (location.hash !== link(findings[number])) history.replaceState(null, "", link(findings[number]));
    if (!narrow.matches) rows[number].anchor.scrollIntoView({ block: "nearest" });
    if (focus) {
      detail.scrollIntoView({ block: "start" });
      detail.focus({ preventScroll: true });
    }
  }

  function redraw() {
    if (current >= 0) detail.replaceChildren(article(current, true));
  }

  function toList() {
    document.body.dataset.view = "list";
    if (current >= 0) rows[current].anchor.focus();
  }

  function step(by, wanted) {
    for (let number = current + by; number >= 0 && number < findings.length; number += by) {
      if (shown(number) && (!wanted || wanted(findings[number]))) {
        select(number, true);
        return true;
      }
    }
    return false;
  }

  const open = (item) => decidable(item) && !verdict(item);

  // ---- Deciding.

  function put(number, value) {
    const item = findings[number];
    past.push([number, decisions.get(item.name)]);
    if (value) decisions.set(item.name, value);
    else decisions.delete(item.name);
    keep();
    mark(number);
  }

  function decide(decision) {
    const item = findings[current];
    if (!item || !decidable(item)) {
      tell("nothing can be decided here: " + (item ? item.reason || item.outcome : "choose a finding"));
      return;
    }
    const was = decisions.get(item.name);
    put(current, { decision, off: was ? was.off : [] });
    count();
    if (step(1, open)) return;
    redraw();
    if (!findings.some(open)) tell("everything is decided: save the decisions (w)");
  }

  function toggle(number, index, wanted) {
    const was = decisions.get(findings[number].name) || { decision: "accept", off: [] };
    const off = was.off.filter((other) => other !== index);
    if (!wanted) off.push(index);
    put(number, { decision: was.decision, off: off.sort((a, b) => a - b) });
    count();
    const state = detail.querySelector(".acts");
    if (state) state.replaceWith(acts(findings[number]));
  }

  function undo() {
    const last = past.pop();
    if (!last) {
      tell("nothing to undo");
      return;
    }
    const [number, value] = last;
    if (value) decisions.set(findings[number].name, value);
    else decisions.delete(findings[number].name);
    keep();
    mark(number);
    count();
    select(number, true);
  }

  function expand() {
    const all = [...detail.querySelectorAll("details")];
    const closed = all.some((item) => !item.open);
    for (const item of all) item.open = closed;
  }

  // ---- The tools.

  function choice(name, title, values) {
    const select_ = el("select", { id: "filter-" + name }, el("option", { value: "" }, "all"),
      ...values.map(([value, text]) => el("option", { value }, text)));
    select_.addEventListener("change", () => {
      filters[name] = select_.value;
      filter();
    });
    return el("label", {}, title, select_);
  }

  const search = el("input", { type: "search", id: "search", autocomplete: "off" });
  search.addEventListener("input", () => {
    filters.text = search.value;
    filter();
  });

  function tools() {
    const box = byId("tools");
    box.append(el("label", { class: "wide" }, "Search (/)", search));
    for (const name of FIELDS) {
      const values = [...new Set(findings.map((item) => item[name]).filter(Boolean))];
      if (values.length > 1) box.append(choice(name, name[0].toUpperCase() + name.slice(1), values.map((value) => [value, value])));
    }
    const button = (text, act, name) => el("button", { type: "button", class: "tool " + (name || ""), onclick: act }, text);
    if (data.decidable) {
      box.append(
        choice("decision", "Decision", [["open", "to decide"], ["accept", "accepted"], ["skip", "skipped"], ["none", "nothing to decide"]]),
        button("Next open (n)", next));
    }
    box.append(button("Theme (d)", dark), button("Columns (v)", view), button("Keys (?)", help));
    if (data.decidable) box.append(button("Save decisions (w)", save, "main"));
    // How far it is stays in sight.
    box.append(status);
    for (const bar of document.querySelectorAll(".bar")) {
      bar.addEventListener("click", () => pick(bar.dataset.field, bar.dataset.value));
    }
  }

  function pick(field, value) {
    filters[field] = filters[field] === value ? "" : value;
    const control = byId("filter-" + field);
    if (control) control.value = filters[field];
    filter();
  }

  function next() {
    if (!step(1, open)) {
      const first = findings.findIndex((item, number) => shown(number) && open(item));
      if (first < 0) tell("everything is decided: save the decisions (w)");
      else select(first, true);
    }
  }

  function dark() {
    const now = theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
    theme = now === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    keep();
  }

  function view() {
    unified = unified !== true;
    redraw();
  }

  const KEYS = [
    ["j, ↓", "the next one"], ["k, ↑", "the one before"], ["a", "accept"], ["s", "skip"], ["u", "undo"],
    ["n", "the next one to decide"], ["x", "fold or unfold all that is said"], ["w", "save the decisions"],
    ["/", "search"], ["v", "one or two columns"], ["d", "dark or light"], ["Esc", "leave the search"], ["?", "these keys"],
  ];

  function help() {
    const box = byId("help");
    if (!box.firstChild) {
      const wanted = KEYS.filter(([key]) => data.decidable || !["a", "s", "u", "n", "w"].includes(key));
      box.append(el("h2", { id: "help-title" }, "Keys"),
        el("dl", {}, ...wanted.flatMap(([key, text]) => [el("dt", {}, key), el("dd", {}, text)])),
        el("button", { type: "button", class: "tool", onclick: () => box.close() }, "Close"));
    }
    if (box.open) box.close();
    else box.showModal();
  }

  function focusSearch() {
    search.focus();
    search.select();
  }

  const ACTS = {
    j: () => step(1), k: () => step(-1), ArrowDown: () => step(1), ArrowUp: () => step(-1),
    a: () => decide("accept"), s: () => decide("skip"), u: undo, n: next, w: save,
    x: expand, v: view, d: dark, "?": help, "/": focusSearch,
  };
  const DECIDING = ["a", "s", "u", "n", "w"];

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const field = event.target.closest && event.target.closest("input:not([type=checkbox]), select, textarea");
    if (event.key === "Escape" && field) {
      field.blur();
      detail.focus({ preventScroll: true });
      return;
    }
    if (field || (byId("help").open && event.key !== "?")) return;
    const act = ACTS[event.key];
    if (!act || (DECIDING.includes(event.key) && !data.decidable)) return;
    event.preventDefault();
    act();
  });

  list.addEventListener("click", (event) => {
    const anchor = event.target.closest("a");
    if (!anchor || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    select(Number(anchor.dataset.number), true);
  });

  function fromHash() {
    const match = /^#f=(.*)$/.exec(location.hash);
    if (!match) return false;
    let name = "";
    try {
      name = decodeURIComponent(match[1]);
    } catch (error) {
      return false;
    }
    const number = findings.findIndex((item) => item.name === name);
    if (number >= 0 && number !== current) select(number, false);
    return number >= 0;
  }

  // The tools stay on top, and are as high as they are: nothing may stand behind them.
  new ResizeObserver(([entry]) => {
    const height = Math.ceil(entry.target.getBoundingClientRect().height);
    document.documentElement.style.setProperty("--tools", `${height}px`);
  }).observe(byId("tools"));

  addEventListener("hashchange", fromHash);
  narrow.addEventListener("change", redraw);
  addEventListener("beforeprint", () => {
    const box = byId("print");
    box.replaceChildren(...findings.flatMap((_, number) => (shown(number) ? [article(number, false)] : [])));
    box.dataset.ready = "";
    byId("summary").open = true;
  });
  addEventListener("afterprint", () => {
    byId("print").replaceChildren();
    delete byId("print").dataset.ready;
  });

  load();
  if (theme) document.documentElement.dataset.theme = theme;
  if (narrow.matches) byId("summary").open = false;
  tools();
  list.append(...rows.map((row) => row.line));
  findings.forEach((_, number) => mark(number));
  filter();
  if (!fromHash()) {
    if (!narrow.matches && findings.length) select(0, false);
    else document.body.dataset.view = "list";
  }
  document.documentElement.dataset.ready = String(Math.round(performance.now()));
})();
