/* SPDX-License-Identifier: BSD-2-Clause */
/* report.html in a real browser, of a real run: charts that are drawn, choices, a phone, no script,
 * and what a probe says of names, captions and contrast (tests/support/probe.js). The browser has
 * no network. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

#define DARK "--blink-settings=preferredColorScheme=0"

static void need_page(void)
{
	shell(&sh, "test -s %s/run/report.html", folder());
	if (sh.status != 0)
		lacking("there is no chromium, or no world can be had");
}

/* A copy of the page that runs a script of the test, too: without the policy, and with the script
 * at its end. */
static void copy_with(const char *name, const char *script)
{
	const char *d = folder();
	char path[512];
	FILE *f;

	ends_with(0,
		  "sed '/http-equiv=\"Content-Security-Policy\"/d' %s/run/report.html > %s/%s.html",
		  d, d, name);
	snprintf(path, sizeof(path), "%s/%s.html", d, name);
	f = fopen(path, "a");
	assert_non_null(f);
	fprintf(f, "<script>%s</script>\n", script);
	fclose(f);
}

/* A browser takes longer to start than to show a page: what scripts of the test tell of copies of the
 * page is asked of all copies at once, each in a frame of one page. */
enum asked { TITLE, RESOURCES, CURVES, CHOICES, LEGEND, KEYS, ZOOM, PAPER, ASKED };

/* And what the probe says, in a window and on a phone. */
#define WIDE ASKED
#define NARROW (ASKED + 1)

/* What was told, as it stands in the page. */
static void told(unsigned which)
{
	need_page();
	ends_with(0,
		  "sed -n '/<pre id=\"told-%u\">/,/<iframe/p' %s/told.html | sed '/<iframe/d; "
		  "s/.*<pre id=\"told-%u\">//; s/<\\/pre>.*//'",
		  which, folder(), which);
}

#define CHOOSE                                                                                     \
	"const choose = (name, value) => { const r = document.querySelector("                      \
	"`#choices [name=${name}][value=${value}]`); r.click(); };"                                \
	"const figure = document.getElementById('mitigations-1');"                                 \
	"const axis = () => figure.querySelector('.axis').textContent;"                            \
	"const entry = () => figure.querySelector('.legend .value').textContent;"

static const char *const scripts[ASKED] = {
	[TITLE] = "document.title = 'it ran'; return document.title;",
	[RESOURCES] = "return 'asked for ' + performance.getEntriesByType('resource').length;",
	/* Points of the second curve's colour, which is neither grey nor the band's. */
	[CURVES] = "const c = document.querySelector('#mitigations-1 canvas');"
		   "const a = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; let n "
		   "= 0;"
		   "for (let i = 0; i < a.length; i += 4)"
		   "	n += a[i + 3] > 100 && Math.abs(a[i] - a[i + 2]) > 60;"
		   "return n > 100 ? 'has curves' : 'has ' + n;",
	[CHOICES] = CHOOSE
	"const said = [axis()], most = () => figure.dataset.shownMost;"
	"said.push(most()); choose('unit', 'count'); said.push(axis()); said.push(most());"
	"choose('of', 'clients'); said.push(axis());"
	"said.push(document.querySelector('[value=servfail]').disabled);"
	"choose('of', 'queries'); choose('what', 'answered'); choose('stale', 'failures');"
	"choose('unit', 'share'); said.push(axis()); return said.join('; ');",
	[LEGEND] = CHOOSE "const s = document.querySelector('#choices select'), said = [entry()];"
			  "for (const c of ['signed', 'unsigned', 'nxdomain']) { s.value = c;"
			  "s.dispatchEvent(new Event('change', { bubbles: true }));"
			  "said.push(c + ' ' + entry()); } return said.join('; ');",
	/* A chart far down the page is drawn when it comes near. */
	[KEYS] = CHOOSE "const other = document.getElementById('resolvers-1');"
			"other.scrollIntoView();"
			"while (!other.classList.contains('drawn'))"
			"	await new Promise(requestAnimationFrame);"
			"const key = (k) => figure.querySelector('.live').dispatchEvent("
			"new KeyboardEvent('keydown', { key: k }));"
			"for (let i = 0; i < 8; i++) key('ArrowRight');"
			"return document.getElementById('said').textContent + '; ' +"
			"other.querySelector('.when').textContent;",
	[ZOOM] = "document.querySelector('#choices [name=fault]').click();"
		 "const labels = (id) => Array.from(document.querySelectorAll("
		 "`#${id} .dygraph-axis-label-x`), (e) => e.textContent).join(' ');"
		 "return document.querySelector('#choices .window').textContent + '; ' +"
		 "(labels('mitigations-1') === labels('mitigations-2')) + '; ' +"
		 "labels('resolvers-1').includes('19:18:30');",
	[PAPER] = CHOOSE
	"choose('unit', 'count'); const before = axis();"
	"dispatchEvent(new Event('beforeprint')); const printed = axis();"
	"const open = document.querySelectorAll('details.printed:not([open])').length;"
	"const logs = document.querySelectorAll('details.log[open]').length;"
	"dispatchEvent(new Event('afterprint'));"
	"return [before, printed, open, logs, axis()].join('; ');",
};

/* ---- charts ---- */

static void dygraphs_draws_under_the_policy_and_without_a_network(void **state)
{
	(void)state;
	need_page();
	ends_with(0,
		  "tests/support/browser %s/run/report.html > %s/dom.html && grep -c '<canvas' "
		  "%s/dom.html",
		  folder(), folder(), folder());
	ends_with(0, "grep -o '<figure class=\"chart drawn\" id=\"[a-z]*-1\"' %s/dom.html",
		  folder());
	assert_says("\"mitigations-1\"");
	assert_says("\"resolvers-1\"");
}

static void a_script_that_is_not_the_pages_own_does_not_run(void **state)
{
	const char *d = folder();

	(void)state;
	need_page();
	ends_with(0,
		  "cp %s/run/report.html %s/hurt.html && "
		  "echo \"<script>document.title = 'it ran'</script>\" >> %s/hurt.html && "
		  "tests/support/browser %s/hurt.html | grep -o '<title>.*</title>'",
		  d, d, d, d);
	assert_null(strstr(sh.out, "it ran"));
	told(TITLE); /* without the policy */
	assert_says("it ran");
}

static void the_page_asks_for_nothing(void **state)
{
	(void)state;
	told(RESOURCES);
	assert_says("asked for 0\n");
}

static void a_canvas_has_curves_on_it(void **state)
{
	(void)state;
	told(CURVES);
	assert_says("has curves");
}

static void what_is_chosen_changes_what_is_drawn(void **state)
{
	(void)state;
	told(CHOICES);
	assert_says("SERVFAIL, % of queries; 100; SERVFAIL, in 10 s; ");
	assert_null(strstr(sh.out, "in 10 s; 100; "));
	assert_says("; users with a failure, in 10 s; true; answered, not stale, % of queries");
}

/* The largest share of a class, from the curve itself. */
static double largest_share(const char *class)
{
	double most = 0;
	char path[512];

	snprintf(path, sizeof(path), "%s/run/unbound-none/curve.csv", folder());
	for (int t = 0; t < 180; t += 10) {
		double all = csv_sum(path, "queries", "class", class, t, t + 10);
		double failed = csv_sum(path, "servfail", "class", class, t, t + 10);

		if (all > 0 && failed / all > most)
			most = failed / all;
	}
	return most * 100;
}

static void the_legend_tells_the_record_of_the_class_that_is_chosen(void **state)
{
	char want[64];

	(void)state;
	told(LEGEND);
	snprintf(want, sizeof(want), "most %.1f %% at", largest_share("all"));
	assert_says(want);
	snprintf(want, sizeof(want), "; signed most %.1f %% at", largest_share("signed"));
	assert_says(want);
	snprintf(want, sizeof(want), "; unsigned most %.1f %% at", largest_share("unsigned"));
	assert_says(want);
	snprintf(want, sizeof(want), "; nxdomain most %.1f %% at", largest_share("nxdomain"));
	assert_says(want);
}

static void keys_read_values_in_all_charts_at_once(void **state)
{
	(void)state;
	told(KEYS);
	assert_says("2026-05-05 19:19:10 UTC: none ");
	assert_says("; 2026-05-05 19:19:10 UTC");
}

static void charts_zoom_together(void **state)
{
	(void)state;
	told(ZOOM);
	assert_says("19:18:50 to 19:20:10; true; false");
}

/* ---- for everybody ---- */

/* The probe's first line is the window's width and the page's colour: it has no second one. */
static void in_the_light_all_is_named_captioned_and_has_contrast(void **state)
{
	(void)state;
	told(WIDE);
	assert_string_equal(sh.out, "1280 rgb(255, 255, 255)\n");
}

static void in_the_dark_it_is_dark_and_all_has_contrast(void **state)
{
	(void)state;
	need_page();
	ends_with(0,
		  "tests/support/browser %s/probed.html " DARK
		  " | sed -n '/<pre id=\"probe\">/,$p'",
		  folder());
	assert_says("<pre id=\"probe\">1280 rgb(21, 23, 26)</pre>");
}

static void on_a_phone_nothing_sticks_out(void **state)
{
	(void)state;
	told(NARROW);
	assert_string_equal(sh.out, "390 rgb(255, 255, 255)\n");
}

/* What other commands have in their pages: the probe's line of each, wide and narrow. */
static void the_pages_of_a_sweep_of_cases_and_of_settings_are_as_right(void **state)
{
	static const char *const runs[] = {
		"minute --sweep nta=10s,20s",
		"ede --set only=rrsig-no-all",
		"minute --config %s/my.conf --ablate",
	};
	const char *d = folder();

	(void)state;
	need_page();
	folder_put("my.conf", "server:\n    prefetch: yes\n");
	for (unsigned i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
		char line[512];

		snprintf(line, sizeof(line), runs[i], d);
		shell(&sh, SIGFAULT " run %s --quiet -o %s/other-%u", line, d, i);
		ends_with(
			0,
			"cd %s && { sed '/http-equiv=\"Content-Security-Policy\"/d' "
			"other-%u/report.html; echo '<script>'; cat "
			"$OLDPWD/tests/support/probe.js; "
			"echo '</script>'; } > other.html && "
			"for w in 1280 390; do printf \"<pre id=told></pre>\\n<iframe "
			"src=other.html "
			"width=$w height=3000></iframe><script>addEventListener('message', (e) => "
			"told.textContent = e.data)</script>\" > frame.html; "
			"(cd $OLDPWD && tests/support/browser %s/frame.html "
			"--virtual-time-budget=5000) | sed -n '/<pre id=\"told\">/,/<iframe/p' | "
			"sed '/<iframe/d; s/.*<pre id=\"told\">//; s/<.pre>.*//'; done",
			d, i, d);
		assert_string_equal(sh.out, "1280 rgb(255, 255, 255)\n390 rgb(255, 255, 255)\n");
	}
}

static void without_scripts_the_drawings_stand_there(void **state)
{
	const char *d = folder();

	(void)state;
	need_page();
	ends_with(0,
		  "tests/support/browser %s/run/report.html --blink-settings=scriptEnabled=false > "
		  "%s/still.html; grep -c '<canvas' %s/still.html; "
		  "test $(grep -c '<figure' %s/still.html) = $(grep -c 'class=\"drawing\"' "
		  "%s/still.html)",
		  d, d, d, d, d);
	assert_string_equal(sh.out, "0\n");
}

static void on_paper_stand_the_drawings(void **state)
{
	(void)state;
	told(PAPER);
	assert_says("SERVFAIL, in 10 s; SERVFAIL, % of queries; 0; 0; SERVFAIL, in 10 s");
}

/* ---- of several runs ---- */

static void two_runs_make_one_page(void **state)
{
	const char *d = folder();

	(void)state;
	need_page();
	ends_with(
		0,
		"cp -R %s/run %s/again && " SIGFAULT
		" report %s/run %s/again -o %s/both > /dev/null; tests/support/browser "
		"%s/both/report.html | grep -o 'class=\"chart drawn\" id=\"mitigations.*<b>[^<]*'",
		d, d, d, d, d, d);
	assert_says("<b>run/unbound");
	assert_says("<b>again/bind");
}

/* ---- what is asked of all at once ---- */

/* A copy whose script tells the page around it, once it is loaded, what `script` returns. */
static void put_asking(unsigned which)
{
	char name[32], whole[4096];

	snprintf(name, sizeof(name), "asked-%u", which);
	snprintf(whole, sizeof(whole),
		 "addEventListener('load', async () => { let told;"
		 "try { told = await (async () => { %s })(); } catch (e) { told = 'threw ' + e; }"
		 "parent.postMessage(String(told), '*'); });",
		 scripts[which]);
	copy_with(name, whole);
}

static void put_probed(void)
{
	char *probe;

	ends_with(0, "cat tests/support/probe.js");
	probe = strdup(sh.out); /* the copy is made by a shell, too */
	assert_non_null(probe);
	copy_with("probed", probe);
	free(probe);
}

/* Frames lie over one another: a chart that no window shows is not drawn. The page counts as loaded once
 * all have told: a document that is open and not closed holds it up that long. */
static void ask_all(void)
{
	char page[8192];
	int n = snprintf(page, sizeof(page),
			 "<style>iframe { position: absolute; top: 0; left: 0 }</style>\n"
			 "<body><script>const open = document.createElement('iframe');"
			 "document.body.append(open); open.contentDocument.open();"
			 "addEventListener('message', (e) => {"
			 "for (const f of document.querySelectorAll('iframe.asked'))"
			 " if (f.contentWindow === e.source)"
			 " f.previousElementSibling.textContent = e.data;"
			 "if (Array.from(document.querySelectorAll('pre')).filter((p) => "
			 "p.textContent).length === %u) open.contentDocument.close(); "
			 "})</script>\n",
			 NARROW + 1);

	for (unsigned i = 0; i < ASKED; i++) {
		put_asking(i);
		n += snprintf(page + n, sizeof(page) - (size_t)n,
			      "<pre id=told-%u></pre>\n<iframe class=asked src=asked-%u.html "
			      "width=1280 height=1600></iframe>\n",
			      i, i);
	}
	put_probed();
	snprintf(page + n, sizeof(page) - (size_t)n,
		 "<pre id=told-%u></pre>\n<iframe class=asked src=probed.html width=1280 "
		 "height=1600></iframe>\n"
		 "<pre id=told-%u></pre>\n<iframe class=asked src=probed.html width=390 "
		 "height=9000></iframe>\n",
		 WIDE, NARROW);
	folder_put("frames.html", page);
	ends_with(0, "timeout 300 tests/support/browser %s/frames.html > %s/told.html", folder(),
		  folder());
}

/* One run for all tests. */
static int make_run(void **state)
{
	(void)state;
	shell(&sh, "command -v chromium");
	if (sh.status != 0)
		return 0;
	shell(&sh, SIGFAULT " run minute -r unbound,bind -m none,nta --quiet -o %s/run", folder());
	if (sh.status != 0 && sh.status != 1)
		fprintf(stderr, "%s\n", sh.out);
	shell(&sh, "test -s %s/run/report.html", folder());
	if (sh.status == 0)
		ask_all();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dygraphs_draws_under_the_policy_and_without_a_network),
		cmocka_unit_test(a_script_that_is_not_the_pages_own_does_not_run),
		cmocka_unit_test(the_page_asks_for_nothing),
		cmocka_unit_test(a_canvas_has_curves_on_it),
		cmocka_unit_test(what_is_chosen_changes_what_is_drawn),
		cmocka_unit_test(the_legend_tells_the_record_of_the_class_that_is_chosen),
		cmocka_unit_test(keys_read_values_in_all_charts_at_once),
		cmocka_unit_test(charts_zoom_together),
		cmocka_unit_test(in_the_light_all_is_named_captioned_and_has_contrast),
		cmocka_unit_test(in_the_dark_it_is_dark_and_all_has_contrast),
		cmocka_unit_test(on_a_phone_nothing_sticks_out),
		cmocka_unit_test(the_pages_of_a_sweep_of_cases_and_of_settings_are_as_right),
		cmocka_unit_test(without_scripts_the_drawings_stand_there),
		cmocka_unit_test(on_paper_stand_the_drawings),
		cmocka_unit_test(two_runs_make_one_page),
	};

	return cmocka_run_group_tests(tests, make_run, NULL);
}
