// The page: it knows where in the latent space one stands, asks what is there, and shows it. Only one question is under way at a time; of those that come meanwhile, only the last is asked.
import { ask } from "./ask.js";
import { showRow } from "./row.js";
import { LatentMap } from "./map.js";
import { Sliders } from "./sliders.js";
import { Way } from "./way.js";

const at = id => document.getElementById(id);

function follow(send, receive) {
  let isBusy = false;
  let next = null;
  return async question => {
    next = question;
    if (isBusy) return;
    isBusy = true;
    while (next !== null) {
      const current = next;
      next = null;
      try {
        receive(await send(current), current);
        at("problem").hidden = true;
      } catch (error) {
        complain(error);
      }
    }
    isBusy = false;
  };
}

function complain(error) {
  at("problem").textContent = error.message;
  at("problem").hidden = false;
}

const model = await ask("model").catch(error => { complain(error); throw error; });
const size = model.latentDimension;
// A jump makes answers to earlier questions void.
const state = { latent: null, label: model.labels?.[0] ?? null, jumps: 0, original: null, originalName: "" };

const rows = Array.from({ length: model.rowCount }, (_, row) => model.latents.slice(row * size, (row + 1) * size));
const nameOf = row => model.groups === null ? "" : model.groups.names[model.groups.ofRow[row]];

const decode = follow(
  async () => {
    const start = performance.now();
    const jumps = state.jumps;
    const answer = await ask("decode", { latent: state.latent, label: state.label });
    return { answer, jumps, milliseconds: performance.now() - start };
  },
  ({ answer, jumps, milliseconds }) => {
    if (jumps !== state.jumps) return;
    show(answer);
    at("timing").textContent = `Decoded in ${answer.milliseconds.toFixed(1)} ms, ${milliseconds.toFixed(0)} ms with the way here`;
  });

// Shows a place that is decoded already.
function jump(answer, options) {
  state.jumps++;
  stand(answer.latent, options);
  show(answer);
}

function show(answer) {
  showRow(at("decoded").querySelector(".shown"), model, answer, state.original, state.originalName);
}

// Everything that shows where one stands. The row of the data beside the decoded one stays only while it is that row's place.
function stand(latent, { source = null, caption = "", original = null, originalName = "" } = {}) {
  Object.assign(state, { latent: [...latent], original, originalName });
  if (source !== "sliders") sliders.set(state.latent);
  map.stand(state.latent);
  at("decoded-caption").textContent = caption;
  at("original").classList.toggle("empty", original === null);
  at("original-caption").textContent = originalName;
  if (original !== null && model.image !== null) showRow(at("original").querySelector(".shown"), model, original);
}

function go(latent, options) {
  way.pause();
  stand(latent, options);
  decode(true);
}

async function goToRow(row) {
  try {
    const { decoded, original } = await ask(`rows/${row}`);
    setLabel(decoded.label);
    way.pause();
    jump(decoded, model.rowsAreDrawn
      ? { caption: `draw ${row}` }
      : { caption: `decoded from row ${row}`, original, originalName: `row ${row}${nameOf(row) ? `: ${nameOf(row)}` : ""}` });
  } catch (error) {
    complain(error);
  }
}

function setLabel(label) {
  state.label = label;
  at("label").value = label ?? "";
}

const middle = Array(size).fill(0);
model.dimensions.forEach(dimension => { middle[dimension.index] = dimension.middle; });

const sliders = new Sliders(model, (dimension, value) => {
  const latent = [...state.latent];
  latent[dimension] = value;
  go(latent, { source: "sliders" });
});
const map = new LatentMap(model, rows, nameOf, {
  go: latent => go(latent, { caption: "from the map" }),
  pick: (end, row) => way.setEnd(end, row),
});
const way = new Way(model, rows, nameOf, {
  label: () => state.label,
  show: (answer, caption) => jump(answer, { caption }),
  ends: (a, b) => map.setEnds(a, b),
  complain,
});

if (model.image === null) {
  document.body.classList.add("table");
  at("original").hidden = true;
  at("decoded").querySelector(".shown").removeAttribute("role");
}
at("resample").textContent = `Draw from the ${model.drawsFrom}`;
at("title").textContent = model.title;
document.title = `${model.title} - Latent explorer`;
at("about").textContent = model.rowsAreDrawn
  ? `The points of the map are ${model.rowCount.toLocaleString("en")} rows that the model itself draws; --data rows.csv shows real ones.`
  : `The points of the map are ${model.rowCount.toLocaleString("en")} rows of the data, at the means of their posteriors.`;
if (model.labels !== null) {
  at("label-choice").hidden = false;
  document.querySelector("label[for=label]").textContent = `${model.labelColumn}, which the model is told:`;
  at("label").append(...model.labels.map(label => new Option(label, label)));
  at("label").addEventListener("change", event => { state.label = event.target.value; go(state.latent); way.load(); });
}
at("resample").addEventListener("click", async () => {
  try {
    const answer = await ask("sample", { label: state.label });
    way.pause();
    jump(answer, { caption: `drawn from the ${model.drawsFrom}` });
  } catch (error) {
    complain(error);
  }
});
at("random").addEventListener("click", () => goToRow(Math.floor(Math.random() * model.rowCount)));
at("middle").addEventListener("click", () => go(middle, { caption: "the average latent" }));

await goToRow(0);
way.shuffle();
document.body.dataset.ready = "true";
