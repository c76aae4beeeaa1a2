/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line as shells, man and other programs meet it: what `make install` puts into place
 * is read by man and mandoc, and by bash, zsh and fish themselves. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

static int install(void **state)
{
	(void)state;
	shell(&sh, "tools/install-words %s/share", folder());
	if (sh.status != 0)
		fprintf(stderr, "%s\n", sh.out);
	return sh.status;
}

/* python3-jsonschema is the judge. */
static void assert_valid(const char *command)
{
	shell(&sh, "%s > %s/document && tests/support/valid-json %s/document", command, folder(),
	      folder());
	if (sh.status != 0)
		fail_msg("%s: %s", command, sh.out);
}

static void every_document_is_as_its_schema_says(void **state)
{
	static const char *const commands[] = {
		SIGFAULT " version --json",
		SIGFAULT " help --json",
		SIGFAULT " help run --json",
		SIGFAULT " faults --json",
		SIGFAULT " faults keytrap --json",
		SIGFAULT " figures --json",
		SIGFAULT " resolvers --json",
		SIGFAULT " scenarios --json",
		SIGFAULT " rollover --json",
		SIGFAULT " rollover ksk-double-ds --no-proof --json",
		SIGFAULT " rollover ksk-double-ds --recover --no-proof --json",
		SIGFAULT " triage tests/data/bogus.pcap --json",
		SIGFAULT " trace tests/data/bogus.pcap d00000333.de --json",
		SIGFAULT " plan minute --json",
		SIGFAULT " plan ede --json",
		SIGFAULT " plan slack-2021 --json",
		SIGFAULT
		" plan minute --mitigation-file scenarios/mitigations/automation.lua --json",
		SIGFAULT " run minute --list-cells -m none,serve-stale-now --json",
	};
	char line[256];

	(void)state;
	need_python("jsonschema");
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		assert_valid(commands[i]);
	shell(&sh, SIGFAULT " run minute -m none,nta --quiet -o %s/run", folder());
	assert_int_equal(sh.status, 0);
	snprintf(line, sizeof(line), "cat %s/run/run.json", folder());
	assert_valid(line);
	snprintf(line, sizeof(line), SIGFAULT " report %s/run --json", folder());
	assert_valid(line);
	snprintf(line, sizeof(line), SIGFAULT " report --league %s/run --json", folder());
	assert_valid(line);
	assert_valid(SIGFAULT " report --league docs/league.json --json");
	/* The judge is awake. */
	shell(&sh,
	      SIGFAULT " version --json | sed 's/\"date\"/\"data\"/' | tests/support/valid-json");
	assert_int_equal(sh.status, 1);
}

/* FINDINGS.md is made of it. */
static void a_league_is_printed_as_it_is_asked_for(void **state)
{
	(void)state;
	ends_with(0, SIGFAULT " report --league docs/league.json");
	assert_says("unbound 1.17.1");
	ends_with(0, SIGFAULT " report --league docs/league.json --markdown");
	assert_says("| unbound 1.17.1");
	ends_with(0,
		  SIGFAULT " report --league docs/league.json --json | jq -S . >%s/printed && "
			   "jq -S . docs/league.json | cmp - %s/printed",
		  folder(), folder());
	ends_with(0, SIGFAULT " report --league docs/league.json --quiet -o %s/league", folder());
	assert_string_equal(sh.out, "");
	ends_with(0, "jq -S . %s/league/league.json | cmp - %s/printed", folder(), folder());
	/* What is not valid is shown, and told to who asks for the exit status. */
	ends_with(4,
		  "jq '.tables[0].not_valid = [{ version: \"x\", why: \"it died\" }]' "
		  "docs/league.json >%s/invalid.json && " SIGFAULT " report --league "
		  "%s/invalid.json",
		  folder(), folder());
	assert_says("x is not valid: it died");
	ends_with(2, SIGFAULT " report --league %s/nothing", folder());
	ends_with(2, SIGFAULT " report --markdown docs/league.json");
	assert_says("--markdown is for --league");
}

static void each_command_has_help_of_its_own(void **state)
{
	(void)state;
	shell(&sh,
	      "for c in $(" SIGFAULT " complete -- \"\" | grep -v ^-- | cut -f 1); do for help in "
	      "\"$c --help\" \"$c -h\" \"help $c\"; do " SIGFAULT
	      " $help | grep -q \"^usage: sigfault $c \" || echo \"$help\"; done; done");
	assert_string_equal(sh.out, "");
	shell(&sh, "test \"$(" SIGFAULT " -V)\" = \"$(" SIGFAULT " --version)\" && " SIGFAULT
		   " version");
	assert_says("sigfault ");
	shell(&sh, SIGFAULT " --help");
	assert_says("run SCENARIO");
}

static void man_and_mandoc_have_nothing_against_the_pages(void **state)
{
	static const char *const pages[] = { "man1/sigfault.1", "man5/sigfault-scenario.5",
					     "man5/sigfault-driver.5" };

	(void)state;
	need_program("mandoc");
	need_program("man");
	for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++) {
		shell(&sh, "mandoc -Tlint -W warning %s/share/man/%s", folder(), pages[i]);
		if (sh.status != 0 || *sh.out)
			fail_msg("%s: %s", pages[i], sh.out);
		shell(&sh,
		      "LC_ALL=C.UTF-8 MANROFFSEQ= MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z "
		      "%s/share/man/%s >/dev/null",
		      folder(), pages[i]);
		if (sh.status != 0 || *sh.out)
			fail_msg("%s: %s", pages[i], sh.out);
	}
	shell(&sh, "man -M %s/share/man 5 sigfault-scenario | col -b", folder());
	assert_says("zone(NAME, ");
	shell(&sh, "man -M %s/share/man sigfault | col -b", folder());
	assert_says("--mitigation-file FILE");
}

/* A line with words; the last one is the one that is being written. */
static void bash_completes(const char *words, const char *reply)
{
	shell(&sh,
	      "bash -c 'PATH=$PWD/build:$PATH; . /usr/share/bash-completion/bash_completion; "
	      ". %s/share/bash-completion/completions/sigfault; "
	      "COMP_WORDS=(%s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); "
	      "COMP_LINE=\"${COMP_WORDS[*]}\"; COMP_LINE=${COMP_LINE// = /=}; "
	      "COMP_POINT=${#COMP_LINE}; "
	      "_sigfault; echo \"<${COMPREPLY[*]}>\"'",
	      folder(), words);
	assert_says(reply);
}

static void bash_completes_what_the_program_knows(void **state)
{
	(void)state;
	need_program("bash");
	need_file("/usr/share/bash-completion/bash_completion", "bash-completion");
	bash_completes("sigfault sce", "<scenarios>");
	bash_completes("sigfault run minu", "<minute>");
	bash_completes("sigfault run minute -m nt", "<nta nta-early nta-flush>");
	bash_completes("sigfault run minute -r unbound,b", "<unbound,bind>");
	bash_completes("sigfault run minute --set ra", "<rate=>");
	bash_completes("sigfault run minute --set rate = 2", "<20>");
	bash_completes("sigfault run minute --log", "<--log-queries>");
	bash_completes("sigfault report scen", "<scenarios>");
	bash_completes("sigfault run scenarios/minut", "<scenarios/minute.lua>");
	bash_completes("sigfault faults keyt", "<keytrap>");
}

static void fish_completes(const char *line, const char *reply)
{
	shell(&sh,
	      "HOME=%s fish --no-config -c 'set -p PATH $PWD/build; "
	      "source %s/share/fish/vendor_completions.d/sigfault.fish; complete -C \"%s\"'",
	      folder(), folder(), line);
	assert_says(reply);
}

static void fish_completes_what_the_program_knows(void **state)
{
	(void)state;
	need_program("fish");
	fish_completes("sigfault sce", "scenarios\tthe outages that come with sigfault\n");
	fish_completes("sigfault run minu", "minute\t");
	fish_completes("sigfault run minute -r unbound,b", "unbound,bind\t");
	fish_completes("sigfault run minute --set ra", "rate=\totherwise 20");
	fish_completes("sigfault report scen", "scenarios/");
}

/* zsh completes for a terminal alone: zpty is one. */
static void zsh_completes(const char *line, const char *reply)
{
	shell(&sh,
	      "cat > %s/zsh <<'END'\n"
	      "zmodload zsh/zpty\n"
	      "zpty z env TERM=dumb HOME=$1 COLUMNS=100 zsh -f -i\n"
	      "zpty -w z \"PS1=; path=($PWD/build \\$path); fpath=($1/share/zsh/site-functions "
	      "\\$fpath); autoload -Uz compinit; compinit -D; zstyle ':completion:*' list-colors; "
	      "unsetopt zle_bracketed_paste; LISTMAX=0; bindkey '^I' complete-word; print "
	      "rea''dy\"\n"
	      "zpty -r -m z text '*ready*' || exit 9\n"
	      "zpty -w -n z \"$2\"$'\\t'\n"
	      "zpty -r -m z text \"*$3*\" || exit 8\n"
	      "print -r -- \"$text\"\n"
	      "END\n"
	      "timeout 120 zsh -f %s/zsh %s '%s' '%s'",
	      folder(), folder(), folder(), line, reply);
	assert_says(reply);
}

static void zsh_completes_what_the_program_knows(void **state)
{
	(void)state;
	need_program("zsh");
	zsh_completes("sigfault sce", "sigfault scenarios");
	zsh_completes("sigfault run minu", "sigfault run minute");
	zsh_completes("sigfault run minute -r unbound,b", "unbound,bind");
	zsh_completes("sigfault run minute --set ra", "rate=");
	zsh_completes("sigfault faults keyt", "keytrap");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_document_is_as_its_schema_says),
		cmocka_unit_test(a_league_is_printed_as_it_is_asked_for),
		cmocka_unit_test(each_command_has_help_of_its_own),
		cmocka_unit_test(man_and_mandoc_have_nothing_against_the_pages),
		cmocka_unit_test(bash_completes_what_the_program_knows),
		cmocka_unit_test(fish_completes_what_the_program_knows),
		cmocka_unit_test(zsh_completes_what_the_program_knows),
	};

	return cmocka_run_group_tests(tests, install, NULL);
}
