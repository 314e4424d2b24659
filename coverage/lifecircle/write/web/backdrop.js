/* The study's own streets and outline, so that the page reads as a map without tiles. */

// Line widths in pixels at zoom 12, 14, 16 and 18.
const STREET_STYLES = {
  path: { color: "#dcdad5", widths: [0, 0.5, 1, 1.6] },
  minor: { color: "#ffffff", casing: "#cfccc5", widths: [0.5, 1.1, 3, 7] },
  middle: { color: "#ffffff", casing: "#b9b5ad", widths: [1.2, 2.4, 5, 11] },
  major: { color: "#f6efdc", casing: "#a8a297", widths: [2, 3.6, 7.5, 15] },
};

const GROUND_STYLES = {
  waters: { fill: true, fillColor: "#bcd9e8", fillOpacity: 1, color: "#9fc4d6", weight: 1 },
  water: { color: "#b5d3e2", weight: 2.5 },
  motorway: { color: "#c9c3b6", weight: 2.5 },
  railway: { color: "#8d8982", weight: 2, dashArray: "7 5" },
  wall: { color: "#cbc6bc", weight: 0.8 },
};

function pane(name, level, renderer) {
  map.createPane(name).style.zIndex = level;
  if (renderer) map.getPane(name).style.pointerEvents = "none";
  return renderer || null;
}

function width(widths, zoom) {
  const step = Math.min(Math.max((zoom - 12) / 2, 0), widths.length - 1);
  const lower = Math.min(Math.floor(step), widths.length - 2);
  return widths[lower] + (widths[lower + 1] - widths[lower]) * (step - lower);
}

function drawBackdrop() {
  const renderer = pane("backdrop", 200, L.canvas({ pane: "backdrop", padding: 0.4 }));
  const common = { renderer, pane: "backdrop", interactive: false };
  const outline = data.area;
  if (outline) {
    surfaceLayer(outline, Object.assign({ stroke: false, fillColor: "#fbfaf7", fillOpacity: 1 }, common)).addTo(map);
  }
  drawGround(common);
  drawStreets(common);
  if (outline) drawOutline(outline);
}

/** The edge of the study area, above the streets or a base map, and a veil over what lies outside. */
function drawOutline(outline) {
  const common = { renderer: pane("outline", 210, L.canvas({ pane: "outline", padding: 0.4 })), pane: "outline", interactive: false };
  const world = withBox([-0.1, 0, 1.1, 0, 1.1, 1, -0.1, 1]);
  const holes = outline.map((part) => path(part[0]));
  new Paths(() => [world].concat(holes), Object.assign({ stroke: false, fill: true, fillColor: "#ebe9e4", fillOpacity: 0.62 }, common)).addTo(map);
  surfaceLayer(outline, Object.assign({ fill: false, color: "#ffffff", weight: 5, opacity: 0.9 }, common)).addTo(map);
  surfaceLayer(outline, Object.assign({ fill: false, color: "#77736b", weight: 1.6, dashArray: "9 4 2 4" }, common)).addTo(map);
}

/** Waters, railways, walls: what walkers cannot cross, so that the map shows why. */
function drawGround(common) {
  Object.keys(GROUND_STYLES).forEach((kind) =>
    data.ground.filter((group) => group.kind === kind).forEach((group) => {
      const draw = kind === "waters" ? surfaceLayer : linesLayer;
      draw(group.shape, Object.assign({}, GROUND_STYLES[kind], common)).addTo(map);
    })
  );
}

/** All casings lie below all surfaces, and bridges above both. */
function drawStreets(common) {
  const drawn = [];
  const paths = data.streets.map((group) => decoded(group.lines));
  const draw = (bridges, casing) =>
    Object.keys(STREET_STYLES).forEach((name) =>
      data.streets.forEach((group, i) => {
        const style = STREET_STYLES[name];
        if (group.class !== name || group.bridge !== bridges) return;
        const color = casing ? (bridges ? "#857f74" : style.casing) : style.color;
        if (!color) return;
        const pale = group.private && !casing;
        const line = new Paths(() => paths[i], Object.assign({
          color: pale ? "#e6e3dc" : color,
          opacity: group.private ? 0.75 : 1,
          dashArray: group.private ? "3 3" : null,
          lineCap: bridges && casing ? "butt" : "round",
        }, common));
        if (group.private && casing) return;
        drawn.push({ line: line.addTo(map), widths: style.widths, casing, extra: bridges ? 2.6 : 1.4, cased: Boolean(style.casing) });
      })
    );
  [false, true].forEach((bridges) => {
    draw(bridges, true);
    draw(bridges, false);
  });
  const rescale = () => drawn.forEach(scaleStreet);
  rescale();
  map.on("zoomend", rescale);
}

/** A road too narrow for a surface between two edges is one quiet line. */
function scaleStreet(street) {
  const surface = width(street.widths, map.getZoom());
  const narrow = street.cased && surface < 2;
  const weight = street.casing ? (narrow ? surface : surface + street.extra) : (narrow ? 0 : surface);
  street.line.setStyle({ weight, stroke: weight > 0 });
}
