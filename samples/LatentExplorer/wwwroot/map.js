// The rows' latents seen along a plane. A click, a drag or the arrow keys move the place where one stands within the plane; what lies across it stays.
const at = id => document.getElementById(id);
const MARGIN = 10;
const NEAR = 0.02;

export class LatentMap {
  #canvas = at("map");
  #ends = [null, null];
  #latent = null;

  constructor(model, rows, nameOf, { go, pick }) {
    Object.assign(this, { model, rows, nameOf, go, pick });
    at("plane").append(...model.planes.map((plane, index) => new Option(plane.name, index)));
    at("plane").addEventListener("change", () => { this.#look(); this.draw(); });
    at("map-note").textContent = "Each point is a row. Click or drag to decode what lies there; or focus the map and use the arrow keys (with Shift, larger steps). Enter picks the nearest row, where a click would.";
    this.#legend();
    this.#look();
    let isDown = false;
    this.#canvas.addEventListener("pointerdown", event => { isDown = event.isPrimary && event.button === 0; if (isDown) this.#point(event); });
    this.#canvas.addEventListener("pointermove", event => { if (isDown && this.#picks === "decode" && event.pointerType === "mouse") this.#point(event); });
    addEventListener("pointerup", () => { isDown = false; });
    this.#canvas.addEventListener("keydown", event => this.#key(event));
    new ResizeObserver(() => this.draw()).observe(this.#canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  get #picks() { return document.querySelector("input[name=click]:checked").value; }

  stand(latent) {
    this.#latent = latent;
    const [x, y] = this.#project(latent);
    this.#canvas.setAttribute("aria-label", `Latent map, ${this.plane.name}: you are at ${x.toFixed(2)}, ${y.toFixed(2)}`);
    this.draw();
  }

  setEnds(a, b) {
    this.#ends = [a, b];
    this.draw();
  }

  nearest(x, y) {
    const { width, height } = this.#range();
    let best = 0;
    let least = Infinity;
    this.points.forEach(([px, py], row) => {
      const distance = ((px - x) / width) ** 2 + ((py - y) / height) ** 2;
      if (distance < least) [best, least] = [row, distance];
    });
    return best;
  }

  #look() {
    this.plane = this.model.planes[at("plane").value || 0];
    this.points = this.rows.map(row => this.#project(row));
    const within = axis => {
      const sorted = this.points.map(point => point[axis]).sort((one, other) => one - other);
      const far = Math.floor(0.002 * sorted.length);
      const [low, high] = [sorted[far], sorted[sorted.length - 1 - far]];
      const room = 0.06 * (high - low) || 1;
      return [low - room, high + room];
    };
    this.bounds = [within(0), within(1)];
    at("axes").textContent = `Across: ${this.plane.acrossName}. ${this.plane.upwardsName ? `Upwards: ${this.plane.upwardsName}.` : ""}`;
  }

  #project(latent) {
    const dot = axis => axis.reduce((sum, part, dimension) => sum + part * latent[dimension], 0);
    return [dot(this.plane.across), dot(this.plane.upwards)];
  }

  #range() {
    const [[left, right], [low, high]] = this.bounds;
    return { left, low, width: right - left, height: high - low };
  }

  // From places of the plane to those of the canvas, in CSS pixels.
  #toCanvas([x, y]) {
    const { left, low, width, height } = this.#range();
    const { clientWidth, clientHeight } = this.#canvas;
    return [MARGIN + (x - left) / width * (clientWidth - 2 * MARGIN), clientHeight - MARGIN - (y - low) / height * (clientHeight - 2 * MARGIN)];
  }

  #point(event) {
    const { left, low, width, height } = this.#range();
    const frame = this.#canvas.getBoundingClientRect();
    this.#take(
      left + (event.clientX - frame.left - MARGIN) / (frame.width - 2 * MARGIN) * width,
      low + (frame.bottom - event.clientY - MARGIN) / (frame.height - 2 * MARGIN) * height);
  }

  #take(x, y) {
    if (this.#picks === "decode") this.#moveTo(x, y);
    else this.pick(this.#picks, this.nearest(x, y));
  }

  #moveTo(x, y) {
    const [nowX, nowY] = this.#project(this.#latent);
    this.go(this.#latent.map((value, dimension) => value + (x - nowX) * this.plane.across[dimension] + (y - nowY) * this.plane.upwards[dimension]));
  }

  #key(event) {
    const [right, up] = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key] ?? [0, 0];
    const [x, y] = this.#project(this.#latent);
    if (right !== 0 || up !== 0) {
      const { width, height } = this.#range();
      const part = event.shiftKey ? 5 * NEAR : NEAR;
      this.#moveTo(x + right * part * width, y + up * part * height);
    } else if (event.key === "Enter" && this.#picks !== "decode") {
      this.#take(x, y);
    } else {
      return;
    }
    event.preventDefault();
  }

  #colour(group) {
    const groups = this.model.groups;
    if (groups === null) return "c0";
    return groups.hasRest && group === groups.names.length - 1 ? "rest" : `${groups.isRange ? "r" : "c"}${group}`;
  }

  #legend() {
    const groups = this.model.groups;
    if (groups === null) return;
    at("legend").append(`${groups.column}:`, ...groups.names.map((name, group) => {
      const key = Object.assign(document.createElement("span"), { className: "key", textContent: name });
      key.style.setProperty("--key", `var(--${this.#colour(group)})`);
      return key;
    }));
  }

  draw() {
    const canvas = this.#canvas;
    const scale = devicePixelRatio || 1;
    canvas.width = Math.round(canvas.clientWidth * scale);
    canvas.height = Math.round(canvas.clientHeight * scale);
    const styles = getComputedStyle(document.documentElement);
    const colour = name => styles.getPropertyValue(`--${name}`).trim();
    const context = canvas.getContext("2d");
    context.scale(scale, scale);
    const dots = new Map();
    this.points.forEach((point, row) => {
      const name = this.#colour(this.model.groups?.ofRow[row] ?? 0);
      if (!dots.has(name)) dots.set(name, new Path2D());
      const [x, y] = this.#toCanvas(point);
      dots.get(name).moveTo(x + 2.3, y);
      dots.get(name).arc(x, y, 2.3, 0, 7);
    });
    context.globalAlpha = 0.75;
    for (const [name, path] of dots) {
      context.fillStyle = colour(name);
      context.fill(path);
    }
    context.globalAlpha = 1;
    this.#drawEnds(context, colour);
    if (this.#latent !== null) {
      const [x, y] = this.#toCanvas(this.#project(this.#latent));
      for (const [style, width] of [[colour("back"), 6], [colour("text"), 2.5]]) {
        Object.assign(context, { strokeStyle: style, lineWidth: width });
        context.beginPath();
        context.arc(x, y, 8, 0, 7);
        context.moveTo(x - 14, y);
        context.lineTo(x - 4, y);
        context.moveTo(x + 4, y);
        context.lineTo(x + 14, y);
        context.moveTo(x, y - 14);
        context.lineTo(x, y - 4);
        context.moveTo(x, y + 4);
        context.lineTo(x, y + 14);
        context.stroke();
      }
    }
  }

  #drawEnds(context, colour) {
    if (this.#ends.includes(null)) return;
    const [a, b] = this.#ends.map(row => this.#toCanvas(this.points[row]));
    Object.assign(context, { strokeStyle: colour("text"), lineWidth: 1.5, textAlign: "center", textBaseline: "middle", font: "700 12px system-ui, sans-serif" });
    context.setLineDash([5, 4]);
    context.beginPath();
    context.moveTo(...a);
    context.lineTo(...b);
    context.stroke();
    context.setLineDash([]);
    for (const [[x, y], name] of [[a, "A"], [b, "B"]]) {
      context.fillStyle = colour("text");
      context.beginPath();
      context.arc(x, y, 9, 0, 7);
      context.fill();
      context.fillStyle = colour("back");
      context.fillText(name, x, y + 0.5);
    }
  }
}
