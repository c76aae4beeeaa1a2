/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/language/foreign.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "sim/base/cleanup.h"

#define LOOK 4096

#define SIGNERS_LIST "a signer's list of keys: 'sigfault rollover FILE' reads such"

/* What begins with certain bytes. */
static const struct {
	const char *bytes;
	size_t len;
	const char *kind;
} magics[] = {
	{ "\177ELF", 4, "a program: -r RESOLVER=PATH puts one to the test" },
	{ "\xd4\xc3\xb2\xa1", 4, "a capture of packets: traffic { pcap = \"FILE\" } replays it" },
	{ "\xa1\xb2\xc3\xd4", 4, "a capture of packets: traffic { pcap = \"FILE\" } replays it" },
	{ "\x4d\x3c\xb2\xa1", 4, "a capture of packets: traffic { pcap = \"FILE\" } replays it" },
	{ "\xa1\xb2\x3c\x4d", 4, "a capture of packets: traffic { pcap = \"FILE\" } replays it" },
	{ "\x0a\x0d\x0d\x0a", 4, "a capture of packets: traffic { pcap = \"FILE\" } replays it" },
	{ "\x1f\x8b", 2, "packed: unpack it first" },
	{ "\xfd"
	  "7zXZ",
	  5, "packed: unpack it first" },
	{ "BZh", 3, "packed: unpack it first" },
	{ "PK\3\4", 4, "packed: unpack it first" },
	{ "\x28\xb5\x2f\xfd", 4, "packed: unpack it first" },
	{ "\033Lua", 4, "Lua that has been compiled: its text is wanted" },
	{ "#!", 2, "a script for another program" },
};

/* What has a certain text somewhere near its beginning. */
static const struct {
	const char *text;
	const char *kind;
} texts[] = {
	{ "SCENARIO_BEGIN", "a replay file (.rpl) of a resolver's own tests" },
	{ "CONFIG_END", "a replay file (.rpl) of a resolver's own tests" },
	{ "; This is the state of key", "a key's state: 'sigfault rollover FOLDER' reads such" },
	{ "Keytype:", SIGNERS_LIST },
	{ "ksk=",
	  "a signer's list of keys: 'sigfault rollover FILE' reads it as JSON (keymgr -j)" },
	{ "$ORIGIN", "a zone in master file format: zone(NAME, { … }) describes one" },
	{ "$TTL", "a zone in master file format: zone(NAME, { … }) describes one" },
};

/* A word of small letters and hyphens, from the line's beginning. */
static size_t key_len(const char *line)
{
	size_t len = 0;

	while (islower((unsigned char)line[len]) || isdigit((unsigned char)line[len]) ||
	       line[len] == '-')
		len++;
	return len;
}

/* "server:", "options {", "local-address=127.0.0.1". */
static bool is_configuration(const char *line)
{
	size_t len = key_len(line);
	const char *rest = line + len;

	if (len < 3)
		return false;
	if (*rest == ':')
		return rest[1] == '\0' || rest[1] == ' ';
	if (*rest == '=')
		return memchr(line, '-', len) != NULL;
	return strcmp(line, "options {") == 0;
}

/* "example. 3600 IN SOA …" */
static bool is_record(const char *line)
{
	const char *class = strstr(line, "IN");

	return class && class > line && isspace((unsigned char)class[-1]) &&
	       isspace((unsigned char)class[2]) &&
	       (strstr(class, "SOA") || strstr(class, "NS") || strstr(class, "DNSKEY"));
}

static const char *kind_of_line(const char *line)
{
	if (is_configuration(line))
		return "a resolver's configuration: run SCENARIO --config FILE runs one with it";
	if (is_record(line))
		return "a zone in master file format: zone(NAME, { … }) describes one";
	return NULL;
}

/* A script with a mistake in it is still one: drivers hold whole configurations as texts. */
static bool is_lua(const char *text)
{
	static const char *const begins[] = { "local ", "return ", "function ", "scenario", "--" };
	bool found = false;

	for (; text && !found; text = strchr(text, '\n')) {
		text += *text == '\n';
		for (size_t i = 0; i < ARRAY_SIZE(begins); i++)
			found |= strncmp(text, begins[i], strlen(begins[i])) == 0;
	}
	return found;
}

static const char *kind_of_text(char *text)
{
	const char *kind = NULL, *start = text + strspn(text, " \t\r\n");
	char *line;

	if ((*start == '{' || *start == '[') &&
	    strchr("\"{[", start[1 + strspn(start + 1, " \t\r\n")]))
		return strstr(text, "\"ksk\"") ? SIGNERS_LIST : "JSON";
	if (is_lua(text))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (strstr(text, texts[i].text))
			return texts[i].kind;
	while (!kind && (line = strsep(&text, "\r\n")))
		kind = kind_of_line(line);
	return kind;
}

bool foreign_kind(const char *path, char *ret, size_t size)
{
	_cleanup_(fclosep) FILE *f = fopen(path, "re");
	char text[LOOK + 1];
	size_t n = f ? fread(text, 1, LOOK, f) : 0;
	const char *kind = NULL;

	text[n] = '\0';
	for (size_t i = 0; !kind && i < ARRAY_SIZE(magics); i++)
		if (n >= magics[i].len && memcmp(text, magics[i].bytes, magics[i].len) == 0)
			kind = magics[i].kind;
	if (!kind)
		kind = memchr(text, '\0', n) ? "bytes, and no text" : kind_of_text(text);
	if (kind)
		snprintf(ret, size, "%s", kind);
	return kind;
}
