// Values under the pointer, the finger or the arrow keys, on the charts that carry them. Without it all stays readable.
(() => {
  const NS = "http://www.w3.org/2000/svg";
  function draw(tag, shape) {
    const mark = document.createElementNS(NS, tag);
    for (const [key, value] of Object.entries(shape)) mark.setAttribute(key, value);
    return mark;
  }
  function read(svg) {
    const lines = (svg.dataset.points || "").split(";;").filter(Boolean).map((line) => {
      const [name, ...points] = line.split("|");
      return { name, points: points.map((point) => {
        const [x, y, when, ...value] = point.split(",");
        return { x: +x, y: +y, when, value: value.join(",") };
      }) };
    });
    const maps = JSON.parse(svg.dataset.maps || "[]");
    for (const map of maps) map.word = (i, j) => map.words[map.at[j * map.across.length + i]];
    return { lines, maps };
  }
  function prepare(plot) {
    const box = document.createElement("div");
    box.className = "values";
    box.setAttribute("role", "status");
    plot.append(box);
    let at = -1, cell = null;
    const shown = () => [...plot.querySelectorAll("svg:is([data-points], [data-maps])")].find((svg) => svg.getClientRects().length);
    const data = (svg) => (svg.told ||= read(svg));
    const size = (svg) => svg.getAttribute("viewBox").split(" ").slice(2).map(Number);
    function clear() {
      plot.querySelectorAll(".cursor").forEach((mark) => mark.remove());
      box.classList.remove("open");
    }
    function open(svg, x, marks, head, rows) {
      clear();
      const group = draw("g", { class: "cursor" });
      group.append(...marks);
      svg.append(group);
      const title = document.createElement("b");
      title.textContent = head;
      box.replaceChildren(title, ...rows.map((text) => Object.assign(document.createElement("span"), { textContent: text })));
      box.classList.add("open");
      box.classList.toggle("left", x > size(svg)[0] / 2);
    }
    function showCell(svg, map, i, j) {
      const [left, right, low, high] = [map.x[i], map.x[i + 1], map.y[j], map.y[j + 1]];
      cell = { map, i, j };
      const frame = draw("rect", { x: left, y: Math.min(low, high), width: right - left, height: Math.abs(high - low) });
      open(svg, left, [frame], map.told.replace("{x}", map.across[i]).replace("{y}", map.up[j]), [map.word(i, j)]);
    }
    function showLines(svg, x, y) {
      const near = data(svg).lines.map((line) => ({ line, point: line.points.reduce((a, b) => (Math.abs(b.x - x) < Math.abs(a.x - x) ? b : a)) }));
      const closest = Math.min(...near.map(({ point }) => Math.abs(point.x - x)));
      let told = near.filter(({ point }) => Math.abs(point.x - x) <= closest + 2);
      if (y !== undefined && told.length > 6) told = told.sort((a, b) => Math.abs(a.point.y - y) - Math.abs(b.point.y - y)).slice(0, 1);
      const { point: first } = told[0];
      const marks = [draw("line", { x1: first.x, x2: first.x, y1: 4, y2: size(svg)[1] - 22 })];
      marks.push(...told.map(({ point }) => draw("circle", { cx: point.x, cy: point.y, r: 3.5 })));
      const rows = told.sort((a, b) => a.point.y - b.point.y).map(({ line: { name }, point }) => `${name} ${point.value}`);
      open(svg, first.x, marks, first.when, rows);
    }
    function place(event) {
      const svg = shown();
      if (!svg) return;
      const frame = svg.getBoundingClientRect(), scale = size(svg)[0] / frame.width;
      const x = (event.clientX - frame.left) * scale, y = (event.clientY - frame.top) * scale;
      const inside = (edges, value) => edges.findIndex((edge, i) => (edge - value) * (edges[i + 1] - value) <= 0);
      for (const map of data(svg).maps) {
        const i = inside(map.x, x), j = inside(map.y, y);
        if (i >= 0 && j >= 0 && map.word(i, j)) return showCell(svg, map, i, j);
      }
      if (data(svg).lines.length) showLines(svg, x, y);
      else clear();
    }
    function step(svg, right, up) {
      const { lines, maps } = data(svg);
      if (maps.length) {
        if (!cell || !maps.includes(cell.map)) {
          const spot = maps[0].at.findIndex((word) => maps[0].words[word]);
          return showCell(svg, maps[0], spot % maps[0].across.length, Math.floor(spot / maps[0].across.length));
        }
        const turn = Math.sign(cell.map.y[1] - cell.map.y[0]);
        let { map, i, j } = cell;
        do { i += right; j -= up * turn; } while (i >= 0 && j >= 0 && i < map.across.length && j < map.up.length && !map.word(i, j));
        if (map.word(i, j) && i >= 0 && i < map.across.length) return showCell(svg, map, i, j);
        const other = maps[maps.indexOf(map) + right];
        if (!other) return undefined;
        const row = [...other.across.keys()].filter((place) => other.word(place, cell.j));
        return row.length ? showCell(svg, other, right > 0 ? row[0] : row.at(-1), cell.j) : undefined;
      }
      const longest = lines.reduce((a, b) => (b.points.length > a.points.length ? b : a)).points;
      at = at < 0 ? longest.length - 1 : Math.min(Math.max(at + right, 0), longest.length - 1);
      return showLines(svg, longest[at].x);
    }
    plot.addEventListener("pointermove", place);
    plot.addEventListener("pointerdown", place);
    plot.addEventListener("pointerleave", clear);
    plot.addEventListener("blur", clear);
    plot.addEventListener("keydown", (event) => {
      if (event.key === "Escape") clear();
      const svg = shown(), [right, up] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key] || [];
      if (right === undefined || !svg || (up && !data(svg).maps.length)) return;
      event.preventDefault();
      step(svg, right, up);
    });
  }
  document.querySelectorAll(".plot[tabindex]").forEach(prepare);
  document.querySelectorAll(".cell_output").forEach((box) => { if (box.scrollWidth > box.clientWidth) box.tabIndex = 0; });
  const printed = document.getElementById("printed-address");
  if (printed) printed.textContent = `${document.title}, ${location.href}`;
  window.addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((part) => { part.open = true; }));
})();
