/* Colours and shapes, the same on the map and in the legend. */

// Okabe and Ito's colours, readable by the colour-blind; each also differs in lightness.
const VERDICT_STYLES = {
  met: { fill: "#2f86bd", line: "#0a4f7d" },
  short: { fill: "#f0a818", line: "#9a6500" },
  unreachable: { fill: "#a6290c", line: "#5e1200" },
  no_data: { fill: "#9a9a9a", line: "#6b6b6b", hatch: true, dash: "4 3" },
  not_asked: { fill: "#dedede", line: "#a9a9a9" },
};

const KIND_STYLES = {
  street_centre: { shape: "square", color: "#00664d" },
  township_centre: { shape: "diamond", color: "#00664d" },
  community_station: { shape: "circle", color: "#00936a" },
  day_care: { shape: "triangle", color: "#7a3c97" },
  canteen: { shape: "pentagon", color: "#c2478d" },
  rural_mutual_aid: { shape: "hexagon", color: "#7a6a00" },
  nursing_home: { shape: "square", color: "#4a4a4a" },
  care_home: { shape: "diamond", color: "#4a4a4a" },
  elder_school: { shape: "circle", color: "#7d7d7d" },
  nursery: { shape: "triangle", color: "#7d7d7d" },
  other: { shape: "cross", color: "#7d7d7d" },
};

const CORNERS = { triangle: 3, square: 4, diamond: 4, pentagon: 5, hexagon: 6 };
const TURNS = { square: Math.PI / 4 };
const SCALES = { triangle: 1.22, square: 1.16, diamond: 1.2, pentagon: 1.1, hexagon: 1.08 };

/** Trace a symbol's outline around (x, y). */
function trace(context, symbol, x, y, radius) {
  context.beginPath();
  if (symbol === "cross") {
    const arm = radius * 0.38;
    const tip = radius * 1.05;
    [[-arm, -tip], [arm, -tip], [arm, -arm], [tip, -arm], [tip, arm], [arm, arm], [arm, tip],
      [-arm, tip], [-arm, arm], [-tip, arm], [-tip, -arm], [-arm, -arm]]
      .forEach((corner) => context.lineTo(x + corner[0], y + corner[1]));
  } else if (CORNERS[symbol]) {
    const size = radius * SCALES[symbol];
    for (let i = 0; i < CORNERS[symbol]; i += 1) {
      const angle = (TURNS[symbol] || 0) - Math.PI / 2 + (i * 2 * Math.PI) / CORNERS[symbol];
      context.lineTo(x + size * Math.cos(angle), y + size * Math.sin(angle));
    }
  } else {
    context.arc(x, y, radius, 0, 2 * Math.PI);
  }
  context.closePath();
}

/** Paint a symbol with a white rim; a planned facility is hollow. */
function paint(context, style, x, y, radius) {
  context.lineJoin = "round";
  context.setLineDash([]);
  context.globalAlpha = 1;
  trace(context, style.shape, x, y, radius);
  context.strokeStyle = "#ffffff";
  context.lineWidth = style.hollow ? 5 : 3;
  context.stroke();
  context.fillStyle = style.hollow ? "#ffffff" : style.color;
  context.fill();
  if (style.hollow) {
    context.strokeStyle = style.color;
    context.lineWidth = 2;
    context.stroke();
  }
}

const SymbolCanvas = L.Canvas.extend({
  updateSymbol(layer) {
    if (!this._drawing || layer._empty()) return;
    const at = layer._point;
    paint(this._ctx, layer.options.symbol, at.x, at.y, layer._radius);
  },
});
const SymbolMarker = L.CircleMarker.extend({
  _updatePath() {
    this._renderer.updateSymbol(this);
  },
});

function kindStyle(kind, status) {
  const style = KIND_STYLES[kind] || KIND_STYLES.other;
  return { shape: style.shape, color: style.color, hollow: status === "planned" };
}

/** Diagonal lines, for what is not known. */
function hatching(color) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const context = tile.getContext("2d");
  context.fillStyle = "#f4f4f4";
  context.fillRect(0, 0, 8, 8);
  context.strokeStyle = color;
  context.lineWidth = 1.4;
  [-8, 0, 8].forEach((offset) => {
    context.moveTo(offset - 1, 9);
    context.lineTo(offset + 9, -1);
  });
  context.stroke();
  return context.createPattern(tile, "repeat");
}

/** A small picture for the legend, drawn by the same code as the map. */
function swatch(size, draw) {
  const canvas = make("canvas.swatch");
  const ratio = 2;
  canvas.width = canvas.height = size * ratio;
  canvas.style.width = canvas.style.height = size + "px";
  canvas.setAttribute("aria-hidden", "true");
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  draw(context, size);
  return canvas;
}

const symbolSwatch = (style, radius) =>
  swatch(18, (context, size) => paint(context, style, size / 2, size / 2, radius || 5.5));

function verdictSwatch(verdict) {
  return swatch(16, (context, size) => {
    const style = verdictStyle(verdict);
    context.globalAlpha = style.fillOpacity;
    context.fillStyle = style.fillColor;
    context.fillRect(1.5, 1.5, size - 3, size - 3);
    context.globalAlpha = 1;
    context.strokeStyle = style.color;
    context.setLineDash(style.dashArray ? [3, 2] : []);
    context.strokeRect(1.5, 1.5, size - 3, size - 3);
  });
}

function verdictStyle(verdict) {
  const style = VERDICT_STYLES[verdict] || VERDICT_STYLES.no_data;
  if (style.hatch && !style.pattern) style.pattern = hatching(style.fill);
  return {
    color: style.line,
    fillColor: style.pattern || style.fill,
    fillOpacity: 0.82,
    weight: 1,
    dashArray: style.dash || null,
  };
}
