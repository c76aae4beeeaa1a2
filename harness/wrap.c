#include "harness/wrap.h"

#include <string.h>

void wrap_print(const char *bullet, const char *text, unsigned indent, unsigned width, FILE *out)
{
	unsigned column = (unsigned)strlen(bullet);

	fprintf(out, "%s", bullet);
	while (*text) {
		size_t gap = strspn(text, " "), word = strcspn(text + gap, " ");

		if (width && column + gap + word > width && column > indent) {
			fprintf(out, "\n%*s", (int)indent, "");
			column = indent;
			text += gap;
			gap = 0;
		}
		fprintf(out, "%.*s", (int)(gap + word), text);
		column += (unsigned)(gap + word);
		text += gap + word;
	}
	fprintf(out, "\n");
}
