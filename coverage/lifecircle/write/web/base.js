/* The base map of pictures that a study may ask for; without one nobody is asked for anything. */

/** Lay the tiles under everything; where none can be had, the study's own streets stay. */
function drawBase() {
  if (!data.base) return;
  pane("tiles", 150, null);
  layers.base = L.layerGroup(data.base.layers.map((address) => L.tileLayer(address, {
    pane: "tiles",
    subdomains: data.base.subdomains,
    maxNativeZoom: data.base.max_zoom,
    maxZoom: map.getMaxZoom(),
    referrerPolicy: "no-referrer",
  })));
  let loaded = false;
  layers.base.eachLayer((tiles) => {
    tiles.on("tileload", () => { loaded = true; });
    tiles.on("tileerror", () => {
      if (loaded || !slots.base) return;
      slots.base.hidden = false;
      slots.chooseBase("own");
    });
  });
  showBase("tiles");
}

/** Either the tiles or the study's own streets. */
function showBase(name) {
  const tiles = name === "tiles";
  if (tiles) layers.base.addTo(map);
  else layers.base.remove();
  map.getPane("backdrop").style.display = tiles ? "none" : "";
}

const baseName = () => word("map", "base_" + data.base.provider);

/** What must be said of the base map wherever it is seen. */
function baseCredit() {
  if (!data.base) return [];
  return [fill(words.base_credit, { name: baseName() }) + (data.base.shifted ? words.base_shifted : "")];
}

function buildBaseChoice() {
  if (!data.base) return null;
  const options = [["tiles", baseName()], ["own", words.base_own]];
  const chooser = choice(words.base, options, "tiles", showBase);
  slots.base = make("p.reason", words.base_failed);
  slots.base.hidden = true;
  slots.chooseBase = (name) => {
    chooser.lastChild.value = name;
    showBase(name);
  };
  return make("div", null, [chooser, slots.base]);
}
