/* SPDX-License-Identifier: BSD-2-Clause */
"use strict";
/* probe.js - what a page looks like to those who use it, told by the browser that has laid it out.
 *
 * A test puts it at the end of a copy of report.html. Each complaint becomes a line of the element #probe; of a page
 * that is right it has none. Its first line tells the width of the window and the colour of the page. In a frame it is posted
 * to the page around it: a window is never as narrow as a phone. The measures are those of WCAG 2.1, level AA. */

const complaints = [];

function complain(what, element) {
	const at = element.closest("[id]");

	complaints.push(what + ": " + element.tagName.toLowerCase() + "." + element.className + " in #" +
		(at ? at.id : "") + " '" + element.textContent.trim().slice(0, 60) + "'");
}

function each(selector, check) {
	document.querySelectorAll(selector).forEach(check);
}

/* "rgb(1, 2, 3)" or "rgba(1, 2, 3, 0.5)" as four numbers. */
function numbers(color) {
	const n = color.match(/[\d.]+/g).map(Number);

	return n.length === 3 ? n.concat(1) : n;
}

function over(front, back) {
	const a = front[3];

	return [0, 1, 2].map((i) => front[i] * a + back[i] * (1 - a)).concat(1);
}

function backgroundOf(element) {
	const color = numbers(getComputedStyle(element).backgroundColor);

	if (color[3] === 1)
		return color;
	return over(color, element.parentElement ? backgroundOf(element.parentElement) : numbers(canvasColor()));
}

/* What lies behind a page that paints nothing: the scheme's own. */
function canvasColor() {
	const e = document.createElement("i");

	e.style.backgroundColor = "Canvas";
	document.body.append(e);
	const color = getComputedStyle(e).backgroundColor;
	e.remove();
	return color;
}

/* Relative luminance, WCAG 2.1. */
function luminance(color) {
	const [r, g, b] = color.slice(0, 3).map((c) => {
		const s = c / 255;
		return s <= 0.04045 ? s / 12.92 : Math.pow((s + 0.055) / 1.055, 2.4);
	});

	return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(front, back) {
	const a = luminance(front), b = luminance(back);

	return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

function isLarge(style) {
	const size = parseFloat(style.fontSize);

	return size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
}

/* Success criterion 1.4.3. Text in an SVG is filled, other text is coloured. */
function checkContrast(element) {
	const style = getComputedStyle(element);
	const svg = element.namespaceURI.endsWith("svg");
	const back = backgroundOf(element.parentElement && svg ? element.closest("svg").parentElement : element);
	const front = numbers(svg ? style.fill : style.color);
	const ratio = contrast(over(front, back), back);

	if (ratio < (isLarge(style) ? 3 : 4.5))
		complain("contrast " + ratio.toFixed(2), element);
}

/* What is wider than its cell lies over the next one. */
function checkCells() {
	each("th, td", (cell) => {
		if (cell.scrollWidth > cell.clientWidth + 1)
			complain("runs out of its cell", cell);
	});
}

function hasText(element) {
	return Array.from(element.childNodes).some((n) => n.nodeType === 3 && n.data.trim());
}

function isShown(element) {
	return element.getClientRects().length > 0 && getComputedStyle(element).visibility === "visible";
}

function isNamed(element) {
	return element.getAttribute("aria-label") || element.textContent.trim() ||
		(element.labels && element.labels.length) ||
		(element.getAttribute("aria-labelledby") || "").split(" ").some((id) => document.getElementById(id));
}

/* 1.3.1: no level is left out, and there is one h1. */
function checkHeadings() {
	let level = 0;

	each("h1, h2, h3, h4, h5, h6", (h) => {
		const now = Number(h.tagName[1]);

		if (now > level + 1)
			complain("heading after level " + level, h);
		level = now;
	});
	if (document.querySelectorAll("h1").length !== 1)
		complain("not one h1", document.body);
}

function checkNames() {
	const seen = new Set();

	each("[id]", (e) => {
		if (seen.has(e.id))
			complain("second id", e);
		seen.add(e.id);
	});
	each("[aria-labelledby], [aria-describedby], [aria-controls]", (e) => {
		for (const name of ["aria-labelledby", "aria-describedby", "aria-controls"])
			for (const id of (e.getAttribute(name) || "").split(" "))
				if (id && !document.getElementById(id))
					complain(name + " names nothing", e);
	});
	each("a[href^='#']", (a) => {
		if (!document.getElementById(a.getAttribute("href").slice(1)))
			complain("link to nowhere", a);
	});
	each("button, input, select, summary, a[href], [role=img], [role=region], section[aria-labelledby]", (e) => {
		if (isShown(e) && !isNamed(e))
			complain("no name", e);
	});
}

function checkTables() {
	each("table", (t) => {
		if (!t.caption || !t.caption.textContent.trim())
			complain("table without caption", t);
	});
	each("th", (th) => {
		if (!th.scope)
			complain("th without scope", th);
	});
}

function checkWidth() {
	const page = document.documentElement;

	if (page.scrollWidth <= page.clientWidth)
		return;
	complaints.push("the page scrolls sideways: " + page.scrollWidth + " in " + page.clientWidth);
	each("main *", (e) => {
		if (e.getBoundingClientRect().right > page.clientWidth && !e.closest("[role=region]"))
			complain("sticks out", e);
	});
}

function probe() {
	each("body, body *", (e) => {
		if (hasText(e) && isShown(e) && !e.closest("script, style"))
			checkContrast(e);
	});
	checkHeadings();
	checkNames();
	checkTables();
	checkCells();
	checkWidth();
	for (const landmark of ["main", "header"])
		if (!document.querySelector(landmark))
			complaints.push("no " + landmark);
	if (!document.documentElement.lang)
		complaints.push("no language");
}

function tell() {
	const pre = document.createElement("pre");

	probe();
	pre.id = "probe";
	pre.textContent = [innerWidth + " " + getComputedStyle(document.body).backgroundColor].concat(complaints).join("\n");
	document.body.append(pre);
	if (parent !== window)
		parent.postMessage(pre.textContent, "*");
}

/* What the page does at its start is done by then. */
addEventListener("load", tell);
