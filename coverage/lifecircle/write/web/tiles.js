/*
 * Residences of a large city, drawn from vector tiles that lie in the data island.
 *
 * A tile holds outlines and row numbers, and nothing else: what is said of a residence comes from
 * the columns, as everywhere. protomaps-leaflet reads and decodes the tiles and walks through
 * their features; when and how they are painted is decided here, so that a filter or a printed
 * sheet does not wait for anything.
 */

const OUTLINES = {
  chosen: [{ color: "#ffffff", weight: 6 }, { color: "#111111", weight: 2.5 }],
  cluster: [{ color: "#7a1f5c", weight: 2, dashArray: "5 4" }],
};

function bytesOf(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** The tiles of an archive in memory: nobody is asked for anything. */
function tileView({ archive, zooms }) {
  const bytes = bytesOf(archive);
  const source = new protomapsL.PmtilesSource("residences", false);
  source.p.source = {
    getKey: () => "residences",
    getBytes: (offset, length) => Promise.resolve({ data: bytes.slice(offset, offset + length).buffer }),
  };
  return new protomapsL.View(new protomapsL.TileCache(source, 2 * TILE_PIXELS), zooms[1], 1);
}

/** Paint one feature the way that Leaflet paints a polygon or a circle. */
function paintFeature(context, parts, style) {
  context.beginPath();
  parts.forEach((part) => {
    if (part.length === 1) {
      context.moveTo(part[0].x + POINT_RADIUS, part[0].y);
      context.arc(part[0].x, part[0].y, POINT_RADIUS, 0, 2 * Math.PI);
    }
    else part.forEach((corner, i) => context[i ? "lineTo" : "moveTo"](corner.x, corner.y));
  });
  if (style.fillColor) {
    context.globalAlpha = style.fillOpacity;
    context.fillStyle = style.fillColor;
    context.fill("evenodd");
  }
  context.globalAlpha = isKnown(style.opacity) ? style.opacity : 1;
  context.strokeStyle = style.color;
  context.lineWidth = style.weight;
  context.setLineDash(style.dashArray ? style.dashArray.split(" ").map(Number) : []);
  context.stroke();
}

const rowOf = (feature) => feature.props.row;

const TileLayer = L.GridLayer.extend({
  initialize(tiles, options) {
    this.view = tileView(tiles);
    this.tiles = new Set();
    this.outlined = new Map(); // row -> a key of OUTLINES
    L.GridLayer.prototype.initialize.call(this, Object.assign({ minNativeZoom: tiles.zooms[0] + 1 }, options));
    this.around = [];
    this.on("tileunload", (event) => this.tiles.delete(event.tile));
    this.on("load", () => this.readAround());
  },

  createTile(coords, done) {
    const tile = make("canvas");
    const ratio = Math.max(2, window.devicePixelRatio);
    tile.width = tile.height = TILE_PIXELS * ratio;
    tile.coords = coords;
    this.view.getDisplayTile(coords).then((prepared) => {
      tile.prepared = prepared;
      this.tiles.add(tile);
      this.paintTile(tile);
      done(null, tile);
    }, (error) => done(error, tile));
    return tile;
  },

  paintTile(tile) {
    const { coords, prepared } = tile;
    const context = tile.getContext("2d");
    const scale = tile.width / TILE_PIXELS;
    const [x, y] = [coords.x * TILE_PIXELS, coords.y * TILE_PIXELS];
    const box = { minX: x - SEAM, minY: y - SEAM, maxX: x + TILE_PIXELS + SEAM, maxY: y + TILE_PIXELS + SEAM };
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, TILE_PIXELS, TILE_PIXELS);
    protomapsL.paint(context, coords.z, new Map([["", [prepared]]]), null, this.rules(), box, { x, y }, false);
  },

  zoom: () => Math.max(Math.round(map.getZoom()), layers.tiles.options.minNativeZoom),

  /** Read what lies around the screen too: a sheet of paper has another shape, and does not wait. */
  readAround() {
    const corners = [map.getBounds().getNorthWest(), map.getBounds().getSouthEast()];
    const [from, to] = corners.map((corner) => map.project(corner, this.zoom()));
    const more = Math.max(to.x - from.x, to.y - from.y) / 2;
    const box = { minX: from.x - more, minY: from.y - more, maxX: to.x + more, maxY: to.y + more };
    this.view.getBbox(this.zoom(), box).then((tiles) => { this.around = tiles; });
  },

  /** Paint all that has been read onto a picture of the map. */
  paintSheet(context) {
    const { min, max } = map.getPixelBounds();
    const box = { minX: min.x - SEAM, minY: min.y - SEAM, maxX: max.x + SEAM, maxY: max.y + SEAM };
    this.around.forEach(({ data: features, dataTile }) => {
      const scale = Math.pow(2, map.getZoom() - dataTile.z - 1);
      const side = 2 * TILE_PIXELS * scale;
      const edges = [dataTile.x * side - min.x, dataTile.y * side - min.y].map((from) => [from, from + side].map(Math.round));
      const [[left, right], [top, bottom]] = edges;
      const prepared = { data: features, origin: { x: dataTile.x * side, y: dataTile.y * side }, scale, dim: side };
      context.save();
      context.beginPath();
      context.rect(left, top, right - left, bottom - top);
      context.clip();
      protomapsL.paint(context, this.zoom(), new Map([["", [prepared]]]), null, this.rules(), box, min, false);
      context.restore();
    });
  },

  rules() {
    const outline = (context, parts, zoom, feature) =>
      OUTLINES[this.outlined.get(rowOf(feature))].forEach((style) => paintFeature(context, parts, style));
    return [
      { symbolizer: { draw: (context, parts, zoom, feature) => paintFeature(context, parts, residenceStyle(rowOf(feature))) } },
      { symbolizer: { draw: outline }, filter: (zoom, feature) => this.outlined.has(rowOf(feature)) },
    ].map((rule) => Object.assign(rule, { dataLayer: "residences" }));
  },

  repaint() {
    this.tiles.forEach((tile) => this.paintTile(tile));
  },

  /** Outline rows in one way; those of other ways stay. */
  outline(rows, way) {
    rows.forEach((row) => this.outlined.set(row, way));
    this.repaint();
  },

  clearOutlines() {
    if (!this.outlined.size) return;
    this.outlined.clear();
    this.repaint();
  },

  /** The row of the residence that is painted last at a place; undefined for none. */
  rowAt(latlng) {
    const reach = 2 * POINT_RADIUS + (NARROW.matches ? 12 : 0);
    const found = this.view.queryFeatures(latlng.lng, latlng.lat, this.zoom(), reach);
    return found.length ? rowOf(found[found.length - 1].feature) : undefined;
  },
});

function drawTiles() {
  pane("residences", 390, null);
  map.getPane("residences").style.pointerEvents = "none";
  layers.residences = [];
  const [west, south, east, north] = data.bounds;
  layers.tiles = new TileLayer(data.tiles, {
    pane: "residences",
    bounds: [[south - 0.001, west - 0.001], [north + 0.001, east + 0.001]],
    updateWhenZooming: false,
  }).addTo(map);
  watchPointer();
}

/** What a click on the map itself means: tiles hear no clicks, and cover the zones. */
function placeAt(latlng) {
  if (!layers.tiles) return null;
  const row = layers.tiles.rowAt(latlng);
  if (isKnown(row)) return { type: "residence", row };
  const at = map.latLngToLayerPoint(latlng);
  const zone = layers.zones.rows.findIndex((each) => each._map && each._containsPoint(at));
  return zone < 0 ? null : { type: "zone", row: zone };
}

/** One tooltip that follows the pointer over the tiles; symbols on them have their own. */
function watchPointer() {
  const hover = L.tooltip({ direction: "top", offset: [0, -8] });
  const container = map.getContainer();
  const hide = () => {
    hover.remove();
    container.classList.remove("over");
  };
  map.on("mousemove", (event) => {
    const target = state.onSymbol ? null : placeAt(event.latlng);
    if (!target) return hide();
    container.classList.add("over");
    return hover.setLatLng(event.latlng).setContent(tooltip(target)).addTo(map);
  });
  map.on("movestart", hide);
  container.addEventListener("mouseleave", hide);
}
