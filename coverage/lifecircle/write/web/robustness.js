/* Verdicts under doubt: what holds in most runs, and what does not. */

const robustness = data.robustness;
const hiddenLabels = new Set();

/** What a borderline residence adds to the style of its verdict. */
const BORDERLINE = { color: "#1a1a1a", weight: 2, dashArray: "2 4" };

function residenceStyle(row) {
  const style = Object.assign(verdictStyle(verdictOf(row)), { opacity: 1 });
  if (isFaint(row)) return Object.assign(style, { opacity: 0.25, fillOpacity: 0.08 });
  return Object.assign(style, robustness && robustness.label[row] === "borderline" ? BORDERLINE : {});
}

function paintResidences() {
  layers.residences.forEach((layer, row) => layer && layer.setStyle(residenceStyle(row)));
  if (layers.tiles) layers.tiles.repaint();
}

/** One row a label that occurs, with a box to fade its residences. */
function buildRobustness() {
  const filled = { runs: number(robustness.runs), least: number(robustness.least) };
  const rows = Object.keys(labels.robust_label).filter((name) => robustness.sums[name][0]).map((name) => {
    const box = make("input");
    box.type = "checkbox";
    box.checked = true;
    box.dataset.robust = name;
    box.addEventListener("change", () => {
      if (box.checked) hiddenLabels.delete(name);
      else hiddenLabels.add(name);
      refilter();
    });
    return make("label.kind", null, [
      box,
      name === "borderline" ? borderlineSwatch() : null,
      make("span", word("robust_label", name)),
      make("span.n", number(robustness.sums[name][0])),
    ]);
  });
  const most = robustness.most && fill(labels.robustness.most, {
    assumption: word("assumption", robustness.most.assumption),
    low: word("assumption_value", robustness.most.low),
    high: word("assumption_value", robustness.most.high),
    range: number(robustness.most.range_households),
  });
  return [make("p.full", fill(labels.robustness.about, filled))].concat(rows, most ? [make("p.full", most)] : []);
}

function borderlineSwatch() {
  return swatch(16, (context, size) => {
    context.strokeStyle = BORDERLINE.color;
    context.lineWidth = BORDERLINE.weight;
    context.setLineDash([2, 2.5]);
    context.strokeRect(2, 2, size - 4, size - 4);
  });
}

function robustnessNote(row) {
  if (!robustness || robustness.label[row] === "not_asked") return null;
  const met = fill(labels.robustness.in_runs, { runs: number(robustness.runs), met: number(robustness.met[row]) });
  const unknown = robustness.no_data[row];
  const text = met + (unknown ? fill(labels.robustness.without_data, { n: number(unknown) }) : "");
  return facts([[labels.robustness.label, word("robust_label", robustness.label[row]) + " · " + text]]);
}
