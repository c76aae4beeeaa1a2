/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/world/hsm/module.h"

#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

CK_FUNCTION_LIST *module_real;

static CK_FUNCTION_LIST ours;
static char folder[PATH_MAX]; /* that this module is in */

struct hsm_faults module_faults(void)
{
	struct hsm_faults f = { .pairs = 1 };
	char path[PATH_MAX + 32];
	FILE *in;

	snprintf(path, sizeof(path), "%s/" HSM_FAULTS, folder);
	in = fopen(path, "re");
	if (!in)
		return f;
	if (fscanf(in, HSM_FAULTS_TEXT, &f.pairs, &f.bad, &f.seed) != 3)
		f = (struct hsm_faults){ .pairs = 1 };
	fclose(in);
	return f;
}

/* ---- where it is ---- */

static void find_folder(void)
{
	Dl_info is;
	char *slash;

	if (dladdr(&ours, &is) && is.dli_fname)
		snprintf(folder, sizeof(folder), "%s", is.dli_fname);
	slash = strrchr(folder, '/');
	snprintf(slash ? slash : folder, 2, "%s", slash ? "" : ".");
}

/* Debian's packages of all releases have it at the first place. */
static void *open_real(void)
{
	static const char *const places[] = { "/usr/lib/softhsm/libsofthsm2.so", "libsofthsm2.so" };
	void *library = NULL;

	for (unsigned i = 0; !library && i < sizeof(places) / sizeof(*places); i++)
		library = dlopen(places[i], RTLD_NOW | RTLD_LOCAL);
	return library;
}

static CK_RV initialize(void *arguments)
{
	CK_RV r = module_real->C_Initialize(arguments);

	return r == CKR_OK ? module_make_token() : r;
}

static void load(void)
{
	CK_RV (*list)(CK_FUNCTION_LIST_PTR_PTR) = NULL;
	char path[PATH_MAX + 32];
	void *library;

	find_folder();
	snprintf(path, sizeof(path), "%s/" HSM_CONFIGURATION, folder);
	setenv("SOFTHSM2_CONF", path, 1);
	library = open_real();
	if (library)
		list = dlsym(library, "C_GetFunctionList");
	if (!list || list(&module_real) != CKR_OK) {
		fprintf(stderr, "sigfault: no HSM: %s\n",
			library ? "it has no functions" : dlerror());
		module_real = NULL;
		return;
	}
	ours = *module_real;
	ours.C_GetFunctionList = C_GetFunctionList;
	ours.C_Initialize = initialize;
	ours.C_GenerateKeyPair = module_generate;
	ours.C_SignInit = module_sign_init;
	ours.C_Sign = module_sign;
}

__attribute__((visibility("default"))) CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR ret)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, load);
	if (!module_real)
		return CKR_GENERAL_ERROR;
	*ret = &ours;
	return CKR_OK;
}
