/* SPDX-License-Identifier: BSD-2-Clause */
"use strict";
/* charts.js - figures of the page that dygraphs draws, in the page's colours, with windows shaded and marks numbered.
 *
 * What to draw is told by the page: html_figure.h. Charts of a group show the same stretch of time and the same instant
 * under the pointer; a chart that is far from the screen is drawn when it comes near. */

/* Instants: the page counts seconds since the scenario's start, dygraphs milliseconds since the epoch. */
class Clock {
	constructor(data) {
		this.start = data.start;
		this.hasSeconds = data.bin < 60;
		this.hasDate = data.span > 86400;
	}

	date(t) {
		return new Date((this.start + t) * 1000);
	}

	seconds(ms) {
		return ms / 1000 - this.start;
	}

	text(t) {
		const all = this.date(t).toISOString();

		return (this.hasDate ? all.slice(5, 10) + " " : "") + all.slice(11, this.hasSeconds ? 19 : 16);
	}

	/* Below an axis: midnight tells the day that begins. */
	tick(date) {
		const all = date.toISOString(), time = all.slice(11, all.slice(17, 19) === "00" ? 16 : 19);

		return all.slice(11, 19) === "00:00:00" ? Number(all.slice(8, 10)) + " " +
			date.toLocaleString("en", { month: "short", timeZone: "UTC" }) + " " + time : time;
	}

	full(t) {
		return this.date(t).toISOString().slice(0, 19).replace("T", " ") + " UTC";
	}
}

/* Charts that are zoomed, and pointed into, together. */
class Group {
	constructor(from, to) {
		this.charts = [];
		this.whole = [from, to]; /* seconds since the start */
		this.shown = this.whole;
		this.selected = null;
		this.onShow = () => {};
	}

	show(from, to) {
		const least = 1, span = Math.max(to - from, least);

		from = Math.min(Math.max(from, this.whole[0]), this.whole[1] - span);
		from = Math.max(from, this.whole[0]);
		this.shown = [from, Math.min(from + span, this.whole[1])];
		this.charts.forEach((c) => c.change());
		this.onShow(this.shown);
	}

	/* Moves by a part of what is shown, and makes it longer or shorter. */
	move(part, times) {
		const [from, to] = this.shown, middle = (from + to) / 2 + part * (to - from);
		const half = (to - from) / 2 * times;

		this.show(middle - half, middle + half);
	}

	select(t) {
		this.selected = t;
		this.charts.forEach((c) => c.select(t));
	}
}

class Chart {
	constructor(figure, data, clock, group) {
		this.figure = figure;
		this.data = data;
		this.clock = clock;
		this.group = group;
		this.entries = Array.from(figure.querySelectorAll(".legend li"));
		this.curves = this.entries.map((li) => ({
			cell: Number(li.dataset.cell), key: li.dataset.key, over: li.dataset.over || "",
		}));
		this.marks = Array.from(figure.querySelectorAll(".marks li"), (li) => Number(li.dataset.t));
		this.values = this.entries.map((li) => li.querySelector(".value"));
		this.axis = figure.querySelector(".axis");
		this.asPrinted = [this.axis, ...this.values].map((e) => e.textContent);
		this.isChoice = "choice" in figure.dataset;
		this.choice = null;
		this.isNear = false;
		this.isStale = true; /* what is drawn is not what should be */
		group.charts.push(this);
	}

	/* The place that dygraphs draws into, for pointer and keyboard. */
	makePlace() {
		this.place = document.createElement("div");
		this.place.className = "live";
		this.place.tabIndex = 0;
		this.place.setAttribute("role", "group");
		this.place.setAttribute("aria-label", this.figure.querySelector("b").textContent +
			": left and right read the values, + and - zoom, Escape shows the whole run");
		this.place.addEventListener("keydown", (event) => this.onKey(event));
		this.when = document.createElement("span");
		this.when.className = "when";
		this.figure.querySelector("figcaption").append(this.when);
		this.figure.querySelector(".static").after(this.place);
		this.figure.classList.add("drawn");
	}

	choose(choice, most) {
		if (this.isChoice) {
			this.choice = choice;
			this.most = most;
			this.axis.textContent = Series.axis(this.data, choice);
		}
		this.rows = null;
		this.change();
	}

	/* Something is to be shown otherwise. */
	change() {
		this.isStale = true;
		if (this.isNear)
			this.draw();
	}

	near(isNear) {
		this.isNear = isNear;
		if (isNear && this.isStale)
			this.draw();
	}

	isShare() {
		return this.choice ? this.choice.unit === "share" : Boolean(this.curves[0].over);
	}

	draw() {
		const style = getComputedStyle(document.documentElement);
		const color = (name) => style.getPropertyValue(name).trim();

		if (!this.rows) {
			this.rows = Series.rows(this.data, this.curves, this.choice);
			this.rowAt = new Map(this.rows.map((row, i) => [row[0], i]));
		}
		if (!this.rows.length)
			return;
		if (!this.most)
			this.most = Number(this.figure.dataset.most);
		this.figure.dataset.shownMost = this.most;
		const options = Object.assign(this.lines(), {
			file: this.rows.map((row) => [this.clock.date(row[0])].concat(row.slice(1))),
			valueRange: [0, this.most * 1.03],
			dateWindow: this.group.shown.map((t) => this.clock.date(t).getTime()),
			axisLineColor: color("--axis"),
			gridLineColor: color("--grid"),
		});
		this.isDrawing = true;
		if (this.graph)
			this.graph.updateOptions(options);
		else
			this.begin(options);
		this.isDrawing = false;
		this.isStale = false;
		this.select(this.group.selected);
	}

	/* Colours and dashes are those of the legend. */
	lines() {
		const styles = this.entries.map((li) => getComputedStyle(li));
		const series = {};

		styles.forEach((style, k) => {
			const dash = style.getPropertyValue("--dash").trim();

			series[String(k)] = { strokePattern: dash === "none" ? null : dash.split(/[ ,]+/).map(Number) };
		});
		return { colors: styles.map((style) => style.getPropertyValue("--color").trim()), series };
	}

	begin(options) {
		const { file, ...rest } = options;

		this.makePlace();
		this.graph = new Dygraph(this.place, file, Object.assign(rest, {
			labels: ["t"].concat(this.curves.map((c, k) => String(k))),
			labelsUTC: true,
			legend: "never",
			strokeWidth: 1.6,
			highlightCircleSize: 3,
			axes: {
				x: {
					drawGrid: false, axisLabelWidth: 72, pixelsPerLabel: 76,
					axisLabelFormatter: (date) => this.clock.tick(date),
				},
				y: { axisLabelWidth: 46, pixelsPerLabel: 28, axisLabelFormatter: (v) => this.short(v) },
			},
			interactionModel: Chart.interaction,
			underlayCallback: (canvas, area, graph) => this.drawUnder(canvas, area, graph),
			drawCallback: (graph, isFirst) => this.onDraw(graph, isFirst),
			highlightCallback: (event, ms) => this.group.select(this.clock.seconds(ms)),
			unhighlightCallback: () => this.group.select(null),
		}));
	}

	/* Dragged or pinched: the others go along. */
	onDraw(graph, isFirst) {
		if (isFirst || this.isDrawing)
			return;
		const [from, to] = graph.xAxisRange().map((ms) => this.clock.seconds(ms));
		this.group.show(from, to);
	}

	drawUnder(canvas, area, graph) {
		const style = getComputedStyle(document.documentElement);
		const x = (t) => graph.toDomXCoord(this.clock.date(t).getTime());
		const right = area.x + area.w;

		canvas.fillStyle = style.getPropertyValue("--band").trim();
		for (const w of this.data.windows) {
			const from = Math.max(x(w.from), area.x);
			const to = Math.min(w.until === null ? right : x(w.until), right);
			if (to > from)
				canvas.fillRect(from, area.y, to - from, area.h);
		}
		canvas.strokeStyle = canvas.fillStyle = style.getPropertyValue("--muted").trim();
		canvas.lineWidth = 1;
		canvas.font = "11px sans-serif";
		const ends = []; /* where each row of numbers is free again */
		this.marks.forEach((t, i) => {
			const at = Math.round(x(t)) + 0.5;
			const wide = canvas.measureText(String(i + 1)).width + 5;

			if (at < area.x || at > right)
				return;
			canvas.setLineDash([2, 3]);
			canvas.beginPath();
			canvas.moveTo(at, area.y);
			canvas.lineTo(at, area.y + area.h);
			canvas.stroke();
			canvas.setLineDash([]);
			const left = at > right - wide ? at - wide : at;
			let row = ends.findIndex((end) => end <= left);
			row = row < 0 ? ends.length : row;
			ends[row] = left + wide;
			canvas.textAlign = "left";
			canvas.fillText(String(i + 1), left + 3, area.y + 10 + 11 * row);
		});
	}

	/* Numbers of the scale, and of the legend. */
	short(v) {
		const text = v >= 1e6 ? v / 1e6 + " M" : v >= 1e4 ? v / 1e3 + " k" : String(Number(v.toPrecision(6)));

		return text + (this.isShare() ? " %" : "");
	}

	long(v) {
		if (v === null)
			return "–";
		if (this.isShare())
			return v.toFixed(1) + " %";
		return v >= 100 ? Math.round(v).toLocaleString("en") : String(Number(v.toPrecision(3)));
	}

	/* The largest value in the stretch that is shown, and when. */
	mostText(k) {
		const [from, to] = this.group.shown;
		let best = null;

		for (const row of this.rows)
			if (row[0] >= from && row[0] <= to && row[k + 1] !== null && (!best || row[k + 1] > best[k + 1]))
				best = row;
		if (!best)
			return "nothing was recorded";
		const text = this.long(best[k + 1]);
		return best[k + 1] > 0 ? "most " + text + " at " + this.clock.text(best[0]) :
			"always " + (this.isShare() ? "0 %" : "0");
	}

	/* The values at an instant; null: the largest. */
	select(t) {
		if (!this.graph || !this.isNear)
			return;
		const row = t === null ? undefined : this.rowAt.get(t);
		if (row === undefined)
			this.graph.clearSelection();
		else
			this.graph.setSelection(row);
		this.when.textContent = row === undefined ? "" : this.clock.full(t);
		this.values.forEach((e, k) => {
			e.textContent = row === undefined ? this.mostText(k) : this.long(this.rows[row][k + 1]);
		});
	}

	onKey(event) {
		const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
		const zoom = { "+": 0.5, "-": 2 }[event.key];

		if (move)
			this.step(move);
		else if (zoom)
			this.group.move(0, zoom);
		else if (event.key === "Escape")
			this.group.show(...this.group.whole);
		else
			return;
		event.preventDefault();
	}

	/* To the next bin, and says what is there. */
	step(by) {
		const [from, to] = this.group.shown;
		const shown = this.rows.filter((row) => row[0] >= from && row[0] <= to).map((row) => row[0]);
		const now = shown.indexOf(this.group.selected);
		const next = now < 0 ? (by > 0 ? 0 : shown.length - 1) : now + by;

		if (next < 0 || next >= shown.length)
			return;
		this.group.select(shown[next]);
		document.getElementById("said").textContent = this.clock.full(shown[next]) + ": " +
			this.entries.map((li) => li.querySelector(".name").textContent + " " +
				li.querySelector(".value").textContent).join(", ");
	}

	/* On paper stand the drawings that the page came with, and what belongs to them. */
	print(isPrinting) {
		const elements = [this.axis, ...this.values];

		if (isPrinting) {
			this.onScreen = elements.map((e) => e.textContent);
			elements.forEach((e, i) => { e.textContent = this.asPrinted[i]; });
		} else if (this.onScreen) {
			elements.forEach((e, i) => { e.textContent = this.onScreen[i]; });
		}
	}
}

/* One finger scrolls the page and points; two zoom. */
Chart.interaction = (() => {
	const model = Object.assign({}, Dygraph.defaultInteractionModel);

	for (const name of ["touchstart", "touchmove", "touchend"])
		model[name] = (event, graph, context) => {
			if (event.touches.length > 1 || (context.isPinching && name === "touchend"))
				Dygraph.defaultInteractionModel[name](event, graph, context);
			context.isPinching = event.touches.length > 1;
		};
	return model;
})();
