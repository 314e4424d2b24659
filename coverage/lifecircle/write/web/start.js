/* The map's controls, and the order in which everything is drawn. */

function addControls() {
  L.control.zoom({ position: "topleft", zoomInTitle: words.zoom_in, zoomOutTitle: words.zoom_out }).addTo(map);
  L.control.scale({ position: "bottomleft", imperial: false, maxWidth: 140 }).addTo(map);
  const credit = L.control({ position: "bottomright" });
  const { plan } = data.study;
  const lines = [plan.review_number ? fill(words.review_number, { number: plan.review_number }) : null]
    .concat(data.study.attribution, baseCredit()).filter(Boolean);
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
  buildSide();
  if (!isPublic) showReading(state.reading);
  map.on("click", deselect);
  document.addEventListener("keydown", (event) => event.key === "Escape" && deselect());
  map.invalidateSize(false);
  map.fitBounds(fitted(), { maxZoom: 16, padding: [12, 12], animate: false });
  window.addEventListener("beforeprint", () => layOut("printing", true));
  window.addEventListener("afterprint", () => layOut("printing", false));
}

/** Lay the page out for paper or back for the screen, showing the same part of the map. */
function layOut(name, wanted) {
  const seen = map.getBounds();
  document.documentElement.classList.toggle(name, wanted);
  map.invalidateSize(false);
  map.fitBounds(seen, { animate: false });
  map.eachLayer((layer) => layer instanceof L.Canvas && layer._redraw()); // paper does not wait
}
