// Values under the pointer, the finger or the arrow keys, on the charts that carry them. Without it all stays readable.
(() => {
  const NS = "http://www.w3.org/2000/svg";
  function read(svg) {
    return svg.dataset.points.split(";;").map((line) => {
      const [name, ...points] = line.split("|");
      return { name, points: points.map((point) => {
        const [x, y, when, ...value] = point.split(",");
        return { x: +x, y: +y, when, value: value.join(",") };
      }) };
    });
  }
  function prepare(plot) {
    const box = document.createElement("div");
    box.className = "values";
    box.setAttribute("role", "status");
    plot.append(box);
    const state = { at: -1 };
    const shown = () => [...plot.querySelectorAll("svg[data-points]")].find((svg) => svg.getClientRects().length);
    function clear() {
      plot.querySelectorAll(".cursor").forEach((mark) => mark.remove());
      box.classList.remove("open");
    }
    function show(x, y) {
      const svg = shown();
      if (!svg) return;
      const series = (svg.series ||= read(svg));
      const near = series.map((line) => ({ line, point: line.points.reduce((a, b) => (Math.abs(b.x - x) < Math.abs(a.x - x) ? b : a)) }));
      const closest = Math.min(...near.map(({ point }) => Math.abs(point.x - x)));
      let told = near.filter(({ point }) => Math.abs(point.x - x) <= closest + 2);
      if (y !== undefined && told.length > 6) told = told.sort((a, b) => Math.abs(a.point.y - y) - Math.abs(b.point.y - y)).slice(0, 1);
      clear();
      const mark = document.createElementNS(NS, "g");
      mark.setAttribute("class", "cursor");
      const line = document.createElementNS(NS, "line");
      const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
      for (const [key, value] of Object.entries({ x1: told[0].point.x, x2: told[0].point.x, y1: 4, y2: height - 22 })) line.setAttribute(key, value);
      mark.append(line);
      for (const { point } of told) {
        const dot = document.createElementNS(NS, "circle");
        for (const [key, value] of Object.entries({ cx: point.x, cy: point.y, r: 3.5 })) dot.setAttribute(key, value);
        mark.append(dot);
      }
      svg.append(mark);
      box.replaceChildren();
      const head = document.createElement("b");
      head.textContent = told[0].point.when;
      box.append(head, ...told.sort((a, b) => a.point.y - b.point.y).map(({ line: { name }, point }) => {
        const row = document.createElement("span");
        row.textContent = `${name} ${point.value}`;
        return row;
      }));
      box.classList.add("open");
      box.classList.toggle("left", told[0].point.x > width / 2);
    }
    function place(event) {
      const svg = shown();
      if (!svg) return;
      const frame = svg.getBoundingClientRect(), wide = svg.getAttribute("viewBox").split(" ")[2];
      const scale = wide / frame.width;
      show((event.clientX - frame.left) * scale, (event.clientY - frame.top) * scale);
    }
    plot.addEventListener("pointermove", place);
    plot.addEventListener("pointerdown", place);
    plot.addEventListener("pointerleave", clear);
    plot.addEventListener("blur", clear);
    plot.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (event.key === "Escape") clear();
      const svg = shown();
      if (!step || !svg) return;
      event.preventDefault();
      const longest = (svg.series ||= read(svg)).reduce((a, b) => (b.points.length > a.points.length ? b : a)).points;
      state.at = state.at < 0 ? longest.length - 1 : Math.min(Math.max(state.at + step, 0), longest.length - 1);
      show(longest[state.at].x);
    });
  }
  document.querySelectorAll(".plot[tabindex]").forEach(prepare);
  document.querySelectorAll(".cell_output").forEach((box) => { if (box.scrollWidth > box.clientWidth) box.tabIndex = 0; });
  const printed = document.getElementById("printed-address");
  if (printed) printed.textContent = `${document.title}, ${location.href}`;
  window.addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((part) => { part.open = true; }));
})();
