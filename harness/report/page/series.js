/* SPDX-License-Identifier: BSD-2-Clause */
"use strict";
/* series.js - the numbers of the charts: what is chosen, of which cell, in which bin. It knows nothing of the page.
 *
 * The data are told in harness/report/html_data.h. A choice is what the form says:
 *
 *	{ of: "queries" | "clients" | "names", what: "servfail" | "failed" | "answered" | "stale",
 *	  unit: "share" | "count", stale: "answers" | "failures", class: "all" | … }
 *
 * A curve is { cell, key, over }: a cell's number and paths in it; with a choice, key and over come from that. */

const Series = {
	/* A column that is the same in every bin is that one value. */
	at(column, i) {
		const v = Array.isArray(column) ? column[i] : column;

		return v === undefined ? null : v;
	},

	find(cell, path) {
		return path.split("/").reduce((o, key) => (o === undefined ? o : o[key]), cell);
	},

	/* Users and names are recorded by whether a query of theirs failed, not by how. */
	failedOf: { clients: "failed_clients", names: "failed_names" },

	chosen(c, choice, i) {
		const n = (name) => Series.at(c[name], i);
		const stale = choice.stale === "failures" ? n("stale") : 0;

		if (choice.of !== "queries") {
			const failed = n(Series.failedOf[choice.of]);
			return choice.what === "answered" ? n(choice.of) - failed : failed;
		}
		const failed = n("servfail") + n("other") + n("timeout");
		switch (choice.what) {
		case "servfail":
			return n("servfail") + stale;
		case "failed":
			return failed + stale;
		case "answered":
			return n("queries") - failed - stale;
		default:
			return n("stale");
		}
	},

	/* A value of a curve, shares in percent; null where there is none. */
	value(data, curve, choice, i) {
		const cell = data.cells[curve.cell];

		if (!choice) {
			const v = Series.at(Series.find(cell, curve.key), i);
			return curve.over ? Series.share(v, Series.at(Series.find(cell, curve.over), i)) : v;
		}
		const c = cell.classes[choice.class];
		if (!c)
			return null;
		const v = Series.chosen(c, choice, i);
		return choice.unit === "share" ? Series.share(v, Series.at(c[choice.of], i)) : v;
	},

	share(part, whole) {
		return part === null || !(whole > 0) ? null : part / whole * 100;
	},

	/* [ seconds since the start, a value a curve … ], for every bin that one of them has. */
	rows(data, curves, choice) {
		const rows = new Map();

		curves.forEach((curve, k) => {
			(data.cells[curve.cell].t || []).forEach((t, i) => {
				if (!rows.has(t))
					rows.set(t, [t].concat(curves.map(() => null)));
				rows.get(t)[k + 1] = Series.value(data, curve, choice, i);
			});
		});
		return Array.from(rows.values()).sort((a, b) => a[0] - b[0]);
	},

	/* The largest value of all cells: the charts that show what is chosen share a scale. */
	most(data, choice) {
		let most = choice.unit === "share" ? 1 : 0;

		data.cells.forEach((cell, number) => {
			(cell.t || []).forEach((t, i) => {
				most = Math.max(most, Series.value(data, { cell: number }, choice, i));
			});
		});
		return Series.round(most);
	},

	/* A round number that is not below, as html_figure_round(). */
	round(most) {
		const unit = most > 0 ? Math.pow(10, Math.floor(Math.log10(most))) : 1;

		return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((n) => n * unit).find((n) => n >= most) || 10 * unit;
	},

	/* What the scale counts, in words. */
	axis(data, choice) {
		const stale = choice.stale === "failures" && choice.of === "queries";
		const people = { clients: "users", names: "names" }[choice.of];
		const what = people ?
			people + (choice.what === "answered" ? " without a failure" : " with a failure") :
			{
				servfail: stale ? "SERVFAIL or stale" : "SERVFAIL",
				failed: "SERVFAIL, other errors, timeouts" + (stale ? ", stale" : ""),
				answered: stale ? "answered, not stale" : "answered",
				stale: "stale answers",
			}[choice.what];
		const bin = data.bin === 60 ? "a minute" : "in " + data.bin + " s";
		const whole = people ? people + " that asked" : "queries";
		const names = choice.class === "all" ? "" : " (" + choice.class + ")";

		return what + names + ", " + (choice.unit === "share" ? "% of " + whole : bin);
	},
};
