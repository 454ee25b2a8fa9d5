// A slider for each latent dimension, those first that say most of a row.
const MOST = 8;
const LEAST_NATS = 0.05;

export class Sliders {
  #inputs = new Map();

  constructor(model, change) {
    const says = dimension => dimension.kl > LEAST_NATS || model.dimensions[0].kl <= LEAST_NATS;
    const first = model.dimensions.filter((dimension, place) => place < MOST && says(dimension));
    const rest = model.dimensions.slice(first.length);
    const most = Math.max(model.dimensions[0].kl, Number.EPSILON);
    for (const [dimensions, place] of [[first, "active"], [rest, "inactive"]]) {
      document.getElementById(place).append(...dimensions.map(dimension => this.#slider(dimension, most, change)));
    }
    document.getElementById("sliders-note").textContent = "Those first that say most of a row, by the KL divergence in nats. Drag one, or use the arrow keys: all else stays as it is.";
    document.getElementById("more").hidden = rest.length === 0;
    document.querySelector("#more summary").textContent = `${rest.length} more that say ${rest.some(dimension => dimension.kl > LEAST_NATS) ? "less" : "next to nothing"}`;
  }

  set(latent) {
    for (const [dimension, { input, output }] of this.#inputs) {
      input.value = latent[dimension];
      output.textContent = shown(latent[dimension]);
    }
  }

  #slider(dimension, most, change) {
    const slider = document.createElement("div");
    slider.className = "slider";
    const id = `z${dimension.index}`;
    const label = document.createElement("label");
    label.htmlFor = id;
    label.append(id, Object.assign(document.createElement("small"), { textContent: ` ${dimension.kl.toFixed(2)} nats` }));
    const output = document.createElement("output");
    output.htmlFor = id;
    const input = Object.assign(document.createElement("input"), { type: "range", id });
    input.min = dimension.from;
    input.max = dimension.to;
    input.step = (dimension.to - dimension.from) / 200;
    input.addEventListener("input", () => {
      output.textContent = shown(input.valueAsNumber);
      change(dimension.index, input.valueAsNumber);
    });
    this.#inputs.set(dimension.index, { input, output });
    slider.append(label, output, input);
    return slider;
  }
}

const shown = value => value.toFixed(2).replace("-", "\u2212");
