// The way from one row to another: decoded at once, then watched step by step.
import { ask } from "./ask.js";
import { paint } from "./row.js";

const at = id => document.getElementById(id);
const STEPS = 25;
const SHOWN = 13;
const PAUSE = 100;

export class Way {
  #steps = [];
  #timer = null;
  #asked = 0;
  #ready = Promise.resolve();

  constructor(model, rows, nameOf, { label, show, ends, complain }) {
    Object.assign(this, { model, rows, nameOf, label, show, ends, complain });
    for (const end of ["a", "b"]) {
      at(end).max = rows.length - 1;
      at(end).addEventListener("change", () => this.setEnd(end, Math.min(rows.length - 1, Math.max(0, Math.round(at(end).valueAsNumber || 0)))));
    }
    at("pair").addEventListener("click", () => this.shuffle());
    at("play").addEventListener("click", () => (this.#timer === null ? this.#play() : this.pause()));
    at("step").max = STEPS - 1;
    at("step").addEventListener("input", () => { this.pause(); this.#showOnceLoaded(at("step").valueAsNumber); });
  }

  // Two rows that differ in their label, if there is one.
  shuffle() {
    const any = () => Math.floor(Math.random() * this.rows.length);
    const a = any();
    let b = any();
    const isPlain = row => row !== a && (this.rows.length < 3 || this.model.labels !== null || this.nameOf(row) === "" || this.nameOf(row) !== this.nameOf(a));
    for (let tries = 0; tries < 50 && !isPlain(b); tries++) b = any();
    this.#set(a, b === a ? (a + 1) % this.rows.length : b);
  }

  setEnd(end, row) {
    this.#set(end === "a" ? row : at("a").valueAsNumber, end === "b" ? row : at("b").valueAsNumber);
  }

  #set(a, b) {
    [at("a").value, at("b").value] = [a, b];
    [at("a-name").textContent, at("b-name").textContent] = [this.nameOf(a), this.nameOf(b)];
    this.ends(a, b);
    this.load();
  }

  load() {
    this.pause();
    this.#ready = this.#load();
  }

  async #load() {
    const [a, b] = [at("a").valueAsNumber, at("b").valueAsNumber];
    const mine = ++this.#asked;
    try {
      const { steps } = await ask("interpolate", { first: this.rows[a], second: this.rows[b], steps: STEPS, label: this.label() });
      if (mine !== this.#asked) return;
      this.#steps = steps;
      at("step").value = 0;
      at("step-value").textContent = "0 %";
      this.#strip();
    } catch (error) {
      this.complain(error);
    }
  }

  pause() {
    clearInterval(this.#timer);
    this.#timer = null;
    at("play").textContent = "Play";
    at("play").setAttribute("aria-pressed", "false");
  }

  async #play() {
    await this.#ready;
    if (this.#steps.length === 0 || this.#timer !== null) return;
    let step = at("step").valueAsNumber >= STEPS - 1 ? 0 : at("step").valueAsNumber;
    at("play").textContent = "Pause";
    at("play").setAttribute("aria-pressed", "true");
    this.#show(step);
    this.#timer = setInterval(() => {
      this.#show(++step);
      if (step >= STEPS - 1) this.pause();
    }, PAUSE);
  }

  async #showOnceLoaded(step) {
    await this.#ready;
    this.#show(step);
  }

  #show(step) {
    const answer = this.#steps[step];
    if (answer === undefined) return;
    const part = `${Math.round(100 * step / (STEPS - 1))} %`;
    at("step").value = step;
    at("step-value").textContent = part;
    at("strip").querySelectorAll("button").forEach(button => button.setAttribute("aria-current", String(Number(button.dataset.step) === step)));
    this.show(answer, `${part} from row ${at("a").value} to ${at("b").value}`);
  }

  #strip() {
    if (this.model.image === null) return;
    const places = Array.from({ length: SHOWN }, (_, place) => Math.round(place * (STEPS - 1) / (SHOWN - 1)));
    at("strip").replaceChildren(...places.map(step => {
      const button = Object.assign(document.createElement("button"), { type: "button" });
      button.dataset.step = step;
      button.setAttribute("aria-label", `Step at ${Math.round(100 * step / (STEPS - 1))} %`);
      const canvas = document.createElement("canvas");
      paint(canvas, this.model.image, this.#steps[step].pixels);
      button.append(canvas);
      button.addEventListener("click", () => { this.pause(); this.#showOnceLoaded(step); });
      return button;
    }));
  }
}
