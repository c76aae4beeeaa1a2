/* SPDX-License-Identifier: BSD-2-Clause */
"use strict";
/* report.js - the page: makes its figures live, and what is chosen to what they show.
 *
 * Without it the page is whole, with the drawings that it came with. */

function readChoice(form) {
	const value = (name) => form.elements[name].value;

	return { of: value("of"), what: value("what"), unit: value("unit"), stale: value("stale"), class: value("class") };
}

/* Users and names are recorded by whether a query failed: what cannot be shown of them cannot be chosen. */
function keepPossible(form) {
	const ofQueries = form.elements.of.value === "queries";

	for (const radio of form.elements.what)
		radio.disabled = !ofQueries && (radio.value === "servfail" || radio.value === "stale");
	for (const radio of form.elements.stale)
		radio.disabled = !ofQueries || form.elements.what.value === "stale";
	if (form.elements.what.value === "servfail" && !ofQueries || form.elements.what.value === "stale" && !ofQueries)
		form.elements.what.value = "failed";
}

/* The stretch from the first fault window to the end of the last, and some of what is around it. */
function faultSpan(data) {
	const from = Math.min(...data.windows.map((w) => w.from));
	const to = Math.max(...data.windows.map((w) => (w.until === null ? data.span : w.until)));
	const around = Math.max((to - from) * 0.1, data.bin);

	return [from - around, to + around];
}

function connectButtons(form, group, data) {
	const actions = {
		earlier: () => group.move(-0.5, 1),
		later: () => group.move(0.5, 1),
		in: () => group.move(0, 0.5),
		out: () => group.move(0, 2),
		all: () => group.show(...group.whole),
		fault: () => group.show(...faultSpan(data)),
	};

	for (const name of Object.keys(actions))
		form.elements[name].addEventListener("click", actions[name]);
	form.elements.fault.hidden = !data.windows.length;
}

function connectForm(form, charts, group, data, clock) {
	const choose = () => {
		keepPossible(form);
		const choice = readChoice(form), most = Series.most(data, choice);
		charts.forEach((chart) => chart.choose(choice, most));
	};

	form.hidden = false;
	form.addEventListener("change", choose);
	form.addEventListener("submit", (event) => event.preventDefault());
	connectButtons(form, group, data);
	group.onShow = ([from, to]) => {
		form.querySelector(".window").textContent = from === group.whole[0] && to === group.whole[1] ? "" :
			clock.text(from) + " to " + clock.text(to);
	};
	choose();
}

/* Figures of the whole run, and of the recovery. */
function makeCharts(data, clock) {
	const whole = new Group(0, data.span);
	const later = data.recovery ? new Group(data.recovery.from, data.recovery.to) : whole;
	const charts = Array.from(document.querySelectorAll("figure.chart"), (figure) =>
		new Chart(figure, data, clock, "from" in figure.dataset ? later : whole));

	return { whole, charts };
}

function drawWhatIsNear(charts) {
	const of = new Map(charts.map((chart) => [chart.figure, chart]));
	const observer = new IntersectionObserver((entries) => {
		entries.forEach((e) => of.get(e.target).near(e.isIntersecting));
	}, { rootMargin: "400px" });

	/* The first ones need no waiting. */
	charts.slice(0, 4).forEach((chart) => chart.near(true));
	charts.forEach((chart) => observer.observe(chart.figure));
}

/* Short details are printed; a log only where the reader has opened it. */
function connectPrinter(charts) {
	let opened = [];

	addEventListener("beforeprint", () => {
		charts.forEach((chart) => chart.print(true));
		opened = Array.from(document.querySelectorAll("details.printed:not([open])"));
		opened.forEach((d) => { d.open = true; });
	});
	addEventListener("afterprint", () => {
		charts.forEach((chart) => chart.print(false));
		opened.forEach((d) => { d.open = false; });
	});
}

function start() {
	const data = JSON.parse(document.getElementById("data").textContent);
	const clock = new Clock(data);
	const { whole, charts } = makeCharts(data, clock);

	connectForm(document.getElementById("choices"), charts, whole, data, clock);
	drawWhatIsNear(charts);
	connectPrinter(charts);
	matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () =>
		charts.forEach((chart) => chart.change()));
}

start();
