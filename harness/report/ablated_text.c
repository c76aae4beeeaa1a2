/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/report/ablated_text.h"

#include <errno.h>
#include <math.h>

#include "harness/text/table.h"
#include "harness/text/wrap.h"

char *ablated_value(const struct ablated_list *l, double y, char ret[FIGURE_TEXT])
{
	if (isnan(y))
		snprintf(ret, FIGURE_TEXT, "not valid");
	else
		figure_text(l->figure, &(struct figure){ FIGURE_VALUE, y }, ret);
	return ret;
}

char *ablated_saves(const struct ablated_list *l, const struct ablated_row *row,
		    char ret[FIGURE_TEXT + 8])
{
	char text[FIGURE_TEXT];

	if (isnan(row->difference))
		snprintf(ret, FIGURE_TEXT + 8, "–");
	else if (row->is_same)
		snprintf(ret, FIGURE_TEXT + 8, "no difference");
	else
		snprintf(ret, FIGURE_TEXT + 8, "%s%s", row->difference < 0 ? "costs " : "",
			 ablated_value(l, fabs(row->difference), text));
	return ret;
}

static struct table *table_of(const struct ablated_list *l, const struct ablated *a)
{
	struct table *t = table_new(2);
	char text[FIGURE_TEXT + 8], label[96];

	if (!t)
		return NULL;
	table_row(t, a->name);
	table_set(t, 0, "%s", l->figure->label);
	table_set(t, 1, "what it saves");
	table_row(t, "all of them");
	if (a->whole)
		table_set(t, 0, "%s", ablated_value(l, a->y, text));
	for (unsigned i = 0; i < a->count; i++) {
		snprintf(label, sizeof(label), "without %.64s", a->rows[i].setting);
		table_row(t, label);
		table_set(t, 0, "%s", ablated_value(l, a->rows[i].y, text));
		table_set(t, 1, "%s", ablated_saves(l, &a->rows[i], text));
	}
	return t;
}

int ablated_print(const struct recorded *r, unsigned width, FILE *out, struct err *e)
{
	_cleanup_(ablated_done) struct ablated_list l = { .count = 0 };
	int rc = ablated_new(r, &l, e);

	for (unsigned i = 0; i < l.count && rc == 0; i++) {
		_cleanup_(table_freep) struct table *t = table_of(&l, &l.list[i]);

		if (!t)
			return err_set(e, -ENOMEM, "no memory for the report");
		wrap_print("", "Which settings of the configuration mattered: each taken out.", 0,
			   width, out);
		fprintf(out, "\n");
		if (width == WRAP_MARKDOWN)
			table_print_markdown(t, out);
		else
			table_print(t, width, out);
		fprintf(out, "\n");
	}
	return rc;
}
