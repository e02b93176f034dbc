// Search over the text of the pages: every word must occur; titles count more than text; the best place is quoted.
(() => {
  const form = document.getElementById("find"), box = document.getElementById("find-text");
  const list = document.getElementById("found"), count = document.getElementById("found-count");
  const plain = (text) => text.toLowerCase().normalize("NFKD").replace(/[\u0300-\u036f]/g, "");
  const small = new Set(["a", "an", "the", "to", "of", "is", "it", "in", "do", "i", "and"]);
  const stem = (word) => word.replace(/(?:s|es|ing|ed)$/, (end, at) => (at > 3 ? "" : end));
  function words(query) {
    const all = plain(query).match(/[\p{L}\p{N}.%$-]+/gu) || [];
    const kept = all.filter((word) => !small.has(word));
    return (kept.length ? kept : all).map(stem);
  }
  function score(row, wanted, phrase) {
    const page = plain(row.p), section = plain(row.s), text = plain(row.t);
    let points = 0;
    for (const word of wanted) {
      const here = (section.includes(word) ? 6 : 0) + (page.includes(word) ? 3 : 0) + Math.min(text.split(word).length - 1, 4);
      if (!here) return 0;
      points += here;
    }
    return points + (section.includes(phrase) ? 20 : 0) + (page.includes(phrase) ? 10 : 0) + (text.includes(phrase) ? 5 : 0);
  }
  function quote(row, wanted, phrase) {
    const text = plain(row.t);
    let at = text.indexOf(phrase);
    if (at < 0) at = Math.max(0, ...wanted.map((word) => text.indexOf(word)).slice(0, 1));
    const from = Math.max(0, text.lastIndexOf(" ", Math.max(0, at - 70)) + 1);
    const part = document.createElement("p");
    const marked = new RegExp(`(${wanted.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})`, "gi");
    if (from) part.append("… ");
    row.t.slice(from, from + 220).split(marked).forEach((piece, i) => {
      const node = i % 2 ? document.createElement("mark") : document.createTextNode("");
      node.textContent = piece;
      part.append(node);
    });
    part.append(" …");
    return part;
  }
  function find(query) {
    const wanted = words(query), phrase = plain(query).trim();
    list.replaceChildren();
    if (!wanted.length) { count.textContent = ""; return; }
    const found = window.reportText.map((row) => [score(row, wanted, phrase), row]).filter(([points]) => points)
      .sort((a, b) => b[0] - a[0]).slice(0, 30);
    count.textContent = found.length ? `${found.length} place${found.length > 1 ? "s" : ""} found` : "Nothing found. Try fewer words.";
    for (const [, row] of found) {
      const item = document.createElement("li"), link = document.createElement("a");
      link.href = row.u;
      link.textContent = row.s === row.p ? row.p : `${row.p}: ${row.s}`;
      item.append(link, quote(row, wanted, phrase));
      list.append(item);
    }
  }
  box.value = new URLSearchParams(location.search).get("q") || "";
  box.addEventListener("input", () => find(box.value));
  form.addEventListener("submit", (event) => { event.preventDefault(); find(box.value); });
  find(box.value);
})();
