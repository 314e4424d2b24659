/* Which residences stand out: by verdict, by zone, and by minutes on foot. No verdict changes. */

const inZone = (row) => state.zone === null || residences.zones[zones.level[state.zone]][row] === state.zone;
const isServed = (row) => isKnown(residences.served_minutes[row]) && residences.served_minutes[row] <= state.minutes;

/** Whether a residence is only hinted at. */
function isFaint(row) {
  if (robustness && hiddenLabels.has(robustness.label[row])) return true;
  if (state.hidden.has(verdictOf(row)) || !inZone(row)) return true;
  return state.minutes < limitMinutes && !isServed(row);
}

function refilter() {
  paintResidences();
  refreshLegend();
  refreshMinutes();
  refreshFilterNote();
}

/** Residences and households by verdict, of the chosen zone or of all. */
function verdictCounts() {
  if (state.zone === null) return data.readings[state.reading].counts;
  const counts = {};
  data.verdicts.forEach((verdict) => { counts[verdict] = [0, 0]; });
  residences.id.forEach((id, row) => {
    if (!inZone(row)) return;
    counts[verdictOf(row)][0] += 1;
    counts[verdictOf(row)][1] += residences.households[row] || 0;
  });
  return counts;
}

function verdictBox(verdict) {
  const box = make("input");
  box.type = "checkbox";
  box.checked = !state.hidden.has(verdict);
  box.setAttribute("aria-label", word("verdict", verdict));
  box.addEventListener("change", () => {
    if (box.checked) state.hidden.delete(verdict);
    else state.hidden.add(verdict);
    refilter();
  });
  return box;
}

/** One zone of any level that residences are known to lie in. */
function buildZoneFilter() {
  const levels = zones.levels.filter((level) => residences.zones[level]);
  if (!levels.length) return null;
  const select_ = make("select.zone-filter", null, [make("option", words.whole_area)]);
  select_.firstChild.value = "";
  levels.forEach((level) => {
    const group = make("optgroup");
    group.label = word("level", level);
    zones.id.forEach((id, row) => {
      if (zones.level[row] !== level) return;
      const option = make("option", nameOf(zones, row));
      option.value = String(row);
      group.appendChild(option);
    });
    select_.appendChild(group);
  });
  select_.addEventListener("change", () => {
    state.zone = select_.value === "" ? null : Number(select_.value);
    refilter();
    map.fitBounds(state.zone === null ? fitted() : boundsOf(zones.shape[state.zone]), { padding: [20, 20] });
  });
  return make("label.choice", null, [make("span", words.zone_filter), select_]);
}

/** A slider over minutes: who could walk to floor area in less than the limit. */
function buildMinutes() {
  const input = make("input.minutes");
  input.type = "range";
  input.min = "1";
  input.max = String(Math.ceil(limitMinutes));
  input.step = "1";
  input.value = input.max;
  input.setAttribute("aria-label", words.walk_time);
  input.addEventListener("input", () => {
    state.minutes = Math.min(Number(input.value), limitMinutes);
    refilter();
    highlight(state.selected);
  });
  slots.minutes = make("b.within");
  slots.within = make("p.full");
  refreshMinutes();
  return make("div.walk", null, [
    make("label.choice", null, [make("span", words.walk_time), slots.minutes]),
    input,
    slots.within,
    make("p.full", fill(words.walk_note, { limit: number(limitMinutes, 1) })),
  ]);
}

function refreshMinutes() {
  const rows = residences.id.map((id, row) => row).filter((row) => inZone(row) && isServed(row));
  const households = rows.reduce((sum, row) => sum + (residences.households[row] || 0), 0);
  const served = state.zone === null ? data.totals.served_households : zones.served_households[state.zone];
  const share = state.zone === null ? data.totals.served_share : zones.served_share[state.zone];
  const part = served && isKnown(share) ? percent((households / served) * share) : "—";
  slots.minutes.textContent = "≤ " + fill(words.n_minutes, { n: number(state.minutes, 1) });
  slots.within.textContent = fill(words.walk_within, {
    minutes: number(state.minutes, 1), residences: number(rows.length), households: number(households), share: part,
  });
}

/** Say what is only hinted at, on paper too. */
function refreshFilterNote() {
  const parts = [
    state.zone === null ? null : nameOf(zones, state.zone),
    state.hidden.size ? fill(words.filter_without, { verdicts: Array.from(state.hidden, (verdict) => word("verdict", verdict)).join("、") }) : null,
    state.minutes < limitMinutes ? fill(words.filter_minutes, { minutes: number(state.minutes, 1) }) : null,
  ].filter(Boolean);
  slots.filter.textContent = fill(words.filter_note, { parts: parts.join("；") });
  slots.filter.hidden = !parts.length;
}
