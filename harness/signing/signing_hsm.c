/* SPDX-License-Identifier: BSD-2-Clause */
/* signing_hsm.c - the HSM of a signer whose scenario gives it one (sim/world/hsm.h): what it needs in the signer's folder, and
 * what is wrong with it. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/signing/signing_keys.h"
#include "harness/signing/signing_state.h"
#include "harness/text/whole.h"
#include "sim/base/shipped.h"

#define SOFTHSM "/usr/lib/softhsm/libsofthsm2.so"

/* Objects of the token, and by what SoftHSM sees that others are there now; the token itself stays. */
const char *const signing_hsm_keys[] = { HSM_TOKENS "/*/*-*.object", HSM_TOKENS "/*/generation",
					 NULL };

/* In the root that the signer is run in. */
static int check_softhsm(const struct signing_life *s, struct err *e)
{
	const struct mounts_root *root = driver_root(s->plan->driver);
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s" SOFTHSM, root ? root->folder : "");
	if (access(path, R_OK) == 0 || (root && root->over && access(SOFTHSM, R_OK) == 0))
		return 0;
	return err_set(e, -ENOPKG,
		       "'%s' is not there, which an HSM wants: apt-get install "
		       "--no-install-recommends libsofthsm2",
		       path);
}

static int copy_module(const struct signing_life *s, struct err *e)
{
	const char *module = shipped_path(SHIPPED_HSM);
	char to[PATH_MAX + 32];

	if (!module)
		return err_set(e, -ENOENT, "'" HSM_MODULE "' is not there: build it with make");
	snprintf(to, sizeof(to), "%s/" HSM_MODULE, s->work);
	return keys_copy_file(module, to, e);
}

static int write_configuration(const struct signing_life *s, struct err *e)
{
	struct whole w;
	int r = whole_open(&w, s->work, HSM_CONFIGURATION, e);

	if (r < 0)
		return r;
	fprintf(w.out,
		"directories.tokendir = %s/" HSM_TOKENS "\nobjectstore.backend = file\n"
		"log.level = ERROR\nslots.removable = false\n",
		sandbox_folder(s->world.hosts[0].sandbox));
	return whole_close(&w, 0, e);
}

int signing_tell_hsm(const struct signing_life *s, struct err *e)
{
	struct whole w;
	int r = whole_open(&w, s->work, HSM_FAULTS, e);

	if (r < 0)
		return r;
	fprintf(w.out, HSM_FAULTS_TEXT, s->hsm.pairs, s->hsm.bad, s->hsm.seed);
	return whole_close(&w, 0, e);
}

int signing_place_hsm(struct signing_life *s, struct err *e)
{
	char tokens[PATH_MAX + 32];
	int r = check_softhsm(s, e);

	s->hsm = (struct hsm_faults){ .pairs = 1, .seed = s->plan->scenario->chance };
	snprintf(tokens, sizeof(tokens), "%s/" HSM_TOKENS, s->work);
	if (r == 0 && mkdir(tokens, 0755) < 0)
		r = err_set(e, -errno, "'%s': %s", tokens, strerror(errno));
	if (r == 0)
		r = copy_module(s, e);
	if (r == 0)
		r = write_configuration(s, e);
	return r == 0 ? signing_tell_hsm(s, e) : r;
}
