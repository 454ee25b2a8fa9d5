// Shows a decoded row: an image as one, another as a table with what each value is, beside those of the row of the data if there is one.
export function showRow(place, model, answer, original = null, name = "") {
  if (model.image !== null) {
    if (place.firstElementChild === null) place.append(document.createElement("canvas"));
    paint(place.firstElementChild, model.image, answer.pixels);
  } else {
    place.replaceChildren(table(model, answer.values, original?.values ?? null, name));
  }
}

export function paint(canvas, image, pixels) {
  const bytes = Uint8Array.from(atob(pixels), character => character.charCodeAt(0));
  if (canvas.width !== image.width || canvas.height !== image.height) {
    canvas.width = image.width;
    canvas.height = image.height;
    canvas.style.setProperty("--ratio", `${image.width} / ${image.height}`);
  }
  const context = canvas.getContext("2d");
  const data = context.createImageData(image.width, image.height);
  for (let pixel = 0; pixel < image.width * image.height; pixel++) {
    for (let colour = 0; colour < 3; colour++) {
      data.data[4 * pixel + colour] = bytes[image.channels === 1 ? pixel : 3 * pixel + colour];
    }
    data.data[4 * pixel + 3] = 255;
  }
  context.putImageData(data, 0, 0);
}

// The fields of a row: what each is, how sure that is or how large among the rows, from 0 to 1.
function fields(model, values) {
  let first = 0;
  return model.fields.map(field => {
    const part = values.slice(first, first + Math.max(1, field.categories.length));
    first += part.length;
    if (part.some(value => value === null)) return { name: field.name, text: "missing", note: "", part: null };
    if (field.kind === "number") return { name: field.name, text: Number.isInteger(part[0]) ? String(part[0]) : number(part[0], field.to - field.from), note: "", part: (part[0] - field.from) / (field.to - field.from) };
    const best = field.kind === "flag" ? (part[0] >= 0.5 ? 0 : -1) : part.indexOf(Math.max(...part));
    const sure = field.kind === "flag" ? Math.max(part[0], 1 - part[0]) : part[best];
    return { name: field.name, text: field.kind === "flag" ? (best === 0 ? "true" : "false") : field.categories[best], note: `${Math.round(100 * sure)} %`, part: sure };
  });
}

// As many decimals as tell a hundredth of the range.
function number(value, range) {
  const decimals = Math.min(8, Math.max(0, 2 - Math.floor(Math.log10(range))));
  return range < 1e-6 ? value.toPrecision(4) : value.toFixed(decimals);
}

function element(tag, className, text) {
  return Object.assign(document.createElement(tag), { className, textContent: text });
}

function table(model, values, original, name) {
  const whole = element("table", "fields", "");
  const head = whole.createTHead().insertRow();
  head.append(...["", "decoded", ...(model.rowsAreDrawn ? [] : [name])].map(text => Object.assign(element("th", "", text), { scope: "col" })));
  const body = whole.createTBody();
  const originals = original === null ? null : fields(model, original);
  fields(model, values).forEach((field, place) => {
    const line = body.insertRow();
    line.append(Object.assign(element("th", "", field.name), { scope: "row" }));
    const cell = line.insertCell();
    cell.append(field.text, " ", element("small", "", field.note));
    const bar = element("div", "bar", "");
    bar.style.setProperty("--part", Math.min(1, Math.max(0, field.part ?? 0)));
    cell.append(bar);
    if (!model.rowsAreDrawn) line.append(element("td", "", originals?.[place].text ?? ""));
  });
  return whole;
}
