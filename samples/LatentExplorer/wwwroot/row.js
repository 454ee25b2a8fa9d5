// Shows a row: an image as one, another as a table with what each value is.
export function showRow(place, model, answer) {
  if (model.image !== null) {
    if (place.firstElementChild === null) place.append(document.createElement("canvas"));
    paint(place.firstElementChild, model.image, answer.pixels);
  } else {
    place.replaceChildren(table(model, answer.values));
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
    if (field.kind === "number") return { name: field.name, text: number(part[0], field.to - field.from), note: "", part: (part[0] - field.from) / (field.to - field.from) };
    const best = field.kind === "flag" ? (part[0] >= 0.5 ? 0 : -1) : part.indexOf(Math.max(...part));
    const sure = field.kind === "flag" ? Math.max(part[0], 1 - part[0]) : part[best];
    return { name: field.name, text: field.kind === "flag" ? (best === 0 ? "true" : "false") : field.categories[best], note: `${Math.round(100 * sure)} %`, part: sure };
  });
}

export const describeRow = (model, answer) => fields(model, answer.values).slice(0, 12).map(field => `${field.name} ${field.text}`).join(", ");

// As many decimals as tell a hundredth of the range.
function number(value, range) {
  const decimals = Math.min(8, Math.max(0, 2 - Math.floor(Math.log10(range))));
  return value.toFixed(range >= 1e7 || range < 1e-6 ? 0 : decimals);
}

function table(model, values) {
  const body = document.createElement("tbody");
  for (const field of fields(model, values)) {
    const line = body.insertRow();
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = field.name;
    line.append(head);
    line.insertCell().textContent = field.text;
    const bar = line.insertCell();
    if (field.part !== null) {
      const meter = document.createElement("meter");
      meter.min = 0;
      meter.max = 1;
      meter.value = Math.min(1, Math.max(0, field.part));
      meter.setAttribute("aria-label", field.note ? `how sure: ${field.note}` : "place in the range of the rows");
      bar.append(meter);
    }
    if (field.note) {
      const note = document.createElement("small");
      note.textContent = ` ${field.note}`;
      bar.append(note);
    }
  }
  const whole = document.createElement("table");
  whole.className = "fields";
  whole.append(body);
  return whole;
}
