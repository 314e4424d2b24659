/* The map's controls, and the order in which everything is drawn. */

function addControls() {
  L.control.zoom({ position: "topleft", zoomInTitle: words.zoom_in, zoomOutTitle: words.zoom_out }).addTo(map);
  L.control.scale({ position: "bottomleft", imperial: false, maxWidth: 140 }).addTo(map);
  const credit = L.control({ position: "bottomright" });
  const lines = creditLines();
  credit.onAdd = () => make("div.credit", lines.join(" · "));
  if (lines.length) credit.addTo(map);
}

function fitted() {
  const [west, south, east, north] = data.bounds;
  return L.latLngBounds([south, west], [north, east]);
}

/** Draw the study on the map that Folium made. */
function drawStudy(foliumMap) {
  map = foliumMap;
  buildHead();
  map.invalidateSize(false);
  addControls();
  map.fitBounds(fitted(), { maxZoom: 16, padding: [12, 12], animate: false });
  drawBackdrop();
  drawBase();
  drawCatchments();
  drawRemedies();
  map.createPane("study").style.zIndex = 400;
  const common = { renderer: new SymbolCanvas({ pane: "study", padding: 0.2, tolerance: NARROW.matches ? 6 : 0 }), pane: "study" };
  drawZones(common);
  drawResidences(common);
  layers.highlightStyle = Object.assign({ interactive: false }, common);
  layers.highlight = L.layerGroup().addTo(map);
  drawFacilities(common);
  scaleSymbols();
  map.on("zoomend", scaleSymbols);
  map.on("zoomend", thinZoneNames);
  buildSide();
  if (!isPublic) showReading(state.reading);
  map.on("click", (event) => {
    const target = placeAt(event.latlng);
    if (target) select(target, false);
    else deselect();
  });
  document.addEventListener("keydown", (event) => event.key === "Escape" && deselect());
  fitAgain();
  window.addEventListener("beforeprint", () => layOut("printing", true));
  window.addEventListener("afterprint", () => layOut("printing", false));
}

/** On a phone the side bar leaves the map less room than there was. */
function fitAgain() {
  const before = map.getSize();
  map.invalidateSize(false);
  if (!map.getSize().equals(before)) map.fitBounds(fitted(), { maxZoom: 16, padding: [12, 12], animate: false });
}

/** Lay the page out for paper or back for the screen, showing the same part of the map. */
function layOut(name, wanted) {
  const seen = map.getBounds();
  document.documentElement.classList.toggle(name, wanted);
  fitSide(wanted);
  L.Browser.retina = wanted || window.devicePixelRatio > 1; // canvases of twice the pixels
  map.invalidateSize(false);
  map.fitBounds(seen, { animate: false });
  map.eachLayer((layer) => layer instanceof L.Canvas && layer._update());
  map.eachLayer((layer) => layer instanceof L.Canvas && layer._redraw()); // paper does not wait
  document.documentElement.classList.remove("flat");
  if (slots.paper) slots.paper.remove();
  slots.paper = wanted ? flattened() : null;
}

/** Make the legend as small as it must be to stand on the sheet as a whole. */
function fitSide(onPaper) {
  const side = document.getElementById("side");
  side.style.zoom = "";
  for (let share = 0.96; onPaper && share > 0.5 && side.scrollHeight > side.clientHeight; share -= 0.04) {
    side.style.zoom = String(share);
  }
}

/** All pictures of the map in one: browsers print what is clear in a canvas as white. */
function flattened() {
  const frame = map.getContainer().getBoundingClientRect();
  const paper = make("canvas.paper");
  const ratio = 2;
  paper.width = frame.width * ratio;
  paper.height = frame.height * ratio;
  const context = paper.getContext("2d");
  context.fillStyle = "#ebe9e4";
  context.fillRect(0, 0, paper.width, paper.height);
  context.scale(ratio, ratio);
  const panes = Array.from(map.getPane("mapPane").children);
  panes.sort((a, b) => (a.style.zIndex || 400) - (b.style.zIndex || 400)).forEach((each) => {
    if (each.style.display === "none") return;
    if (each === map.getPane("residences")) layers.tiles.paintSheet(context);
    else each.querySelectorAll("canvas, img").forEach((picture) => {
      const place = picture.getBoundingClientRect();
      if (place.width) context.drawImage(picture, place.left - frame.left, place.top - frame.top, place.width, place.height);
    });
  });
  document.documentElement.classList.add("flat");
  map.getContainer().insertBefore(paper, map.getContainer().firstChild);
  return paper;
}
