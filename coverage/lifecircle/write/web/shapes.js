/*
 * Lines and surfaces, from the texts of the data island to the canvas.
 *
 * A text is decoded once, into positions on the Mercator square from 0 to 1, where a zoom or a
 * move of the map is one scale and one shift. Leaflet's own polygons keep an object for each
 * corner at each stage; a whole city has half a million corners.
 */

const MICRO = 1e6;
const TILE_PIXELS = 256; // the width of the Mercator square at zoom 0
const POINT_RADIUS = 6; // of a residence without an outline
const SEAM = 16; // how many pixels a line or a point may reach over its corners, at the most
const LEAST_STEP = 0.6; // pixels: corners nearer to each other than this are one

const mercatorX = (longitude) => longitude / 360 + 0.5;
const mercatorY = (latitude) => 0.5 - Math.log(Math.tan(Math.PI / 4 + (latitude * Math.PI) / 360)) / (2 * Math.PI);
const latLngAt = (x, y) => [(Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI, (x - 0.5) * 360];

/** The position that a bare pair of whole millionths gives. */
const point = (pair) => [pair[1] / MICRO, pair[0] / MICRO];
const isPoint = (geometry) => typeof geometry[0] === "number";

/** Decode a path: steps of longitude and latitude as Google's encoded polylines write them. */
function path(text) {
  let numbers = 0;
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) < 95) numbers += 1;
  const corners = new Float64Array(numbers);
  let [i, x, y] = [0, 0, 0];
  const step = () => {
    let [bits, shift, letter] = [0, 0, 32];
    for (; letter >= 32; shift += 5, i += 1) {
      letter = text.charCodeAt(i) - 63;
      bits |= (letter & 31) << shift;
    }
    return bits & 1 ? ~(bits >> 1) : bits >> 1;
  };
  for (let filled = 0; filled < numbers; filled += 2) {
    x += step();
    y += step();
    corners[filled] = mercatorX(x / MICRO);
    corners[filled + 1] = mercatorY(y / MICRO);
  }
  return withBox(corners);
}

/** Corners, and the box around them: west, north, east, south. */
function withBox(corners) {
  let [west, north, east, south] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < corners.length; i += 2) {
    const x = corners[i];
    const y = corners[i + 1];
    if (x < west) west = x;
    if (x > east) east = x;
    if (y < north) north = y;
    if (y > south) south = y;
  }
  return { corners, box: [west, north, east, south] };
}

const decoded = (nested) => nested.flat(Infinity).map(path);

/**
 * One layer of many paths, drawn by Leaflet's canvas; the paths of a surface are its rings. What
 * is never shown is never decoded.
 */
const Paths = L.Path.extend({
  initialize(read, options) {
    L.setOptions(this, options);
    this._read = read;
  },

  _decode() {
    if (this._paths) return;
    this._paths = this._read();
    this._box = withBox(this._paths.flatMap((each) => each.box)).box;
  },

  getBounds() {
    this._decode();
    const [west, north, east, south] = this._box;
    return L.latLngBounds(latLngAt(west, north), latLngAt(east, south));
  },

  // What follows is asked for by L.Path and L.Canvas.
  _project() {
    this._decode();
    this._scale = TILE_PIXELS * Math.pow(2, this._map.getZoom());
    this._origin = this._map.getPixelOrigin();
    this._updateBounds();
  },

  _pixel(x, y) {
    return L.point(x * this._scale - this._origin.x, y * this._scale - this._origin.y);
  },

  _updateBounds() {
    const [west, north, east, south] = this._box;
    const margin = this._clickTolerance();
    const more = L.point(margin, margin);
    this._pxBounds = L.bounds(this._pixel(west, north).subtract(more), this._pixel(east, south).add(more));
  },

  _update() {
    this._updatePath();
  },

  _updatePath() {
    const renderer = this._renderer;
    const { fill, stroke } = this.options;
    if (!renderer._drawing || !(fill || stroke)) return;
    const context = renderer._ctx;
    const { min, max } = renderer._bounds;
    const left = (min.x + this._origin.x - SEAM) / this._scale;
    const right = (max.x + this._origin.x + SEAM) / this._scale;
    const top = (min.y + this._origin.y - SEAM) / this._scale;
    const bottom = (max.y + this._origin.y + SEAM) / this._scale;
    context.beginPath();
    this._paths.forEach(({ corners, box }) => {
      if (box[0] <= right && box[2] >= left && box[1] <= bottom && box[3] >= top) this._trace(context, corners);
    });
    renderer._fillStroke(context, this);
  },

  _trace(context, corners) {
    const scale = this._scale;
    const { x: left, y: top } = this._origin;
    const last = corners.length - 2;
    let x = corners[0] * scale - left;
    let y = corners[1] * scale - top;
    context.moveTo(x, y);
    for (let i = 2; i <= last; i += 2) {
      const nextX = corners[i] * scale - left;
      const nextY = corners[i + 1] * scale - top;
      if (i < last && Math.abs(nextX - x) < LEAST_STEP && Math.abs(nextY - y) < LEAST_STEP) continue;
      [x, y] = [nextX, nextY];
      context.lineTo(x, y);
    }
    if (this.options.fill || this.options.closed) context.closePath();
  },

  /** Inside by the even-odd rule, or as near to an edge as a finger may miss it. */
  _containsPoint(at) {
    const margin = this._clickTolerance();
    if (!this._pxBounds.contains(at)) return false;
    let inside = false;
    let near = false;
    this._paths.forEach(({ corners }) => {
      for (let i = 0, j = corners.length - 2; i < corners.length; j = i, i += 2) {
        const from = this._pixel(corners[j], corners[j + 1]);
        const to = this._pixel(corners[i], corners[i + 1]);
        if (to.y > at.y !== from.y > at.y && at.x < ((from.x - to.x) * (at.y - to.y)) / (from.y - to.y) + to.x) inside = !inside;
        near = near || L.LineUtil.pointToSegmentDistance(at, from, to) <= margin;
      }
    });
    return inside || near;
  },
});

const linesLayer = (nested, options) => new Paths(() => decoded(nested), options);
const surfaceLayer = (nested, options) => new Paths(() => decoded(nested), Object.assign({ fill: true, closed: true }, options));
const boundsOf = (nested) => linesLayer(nested).getBounds();
