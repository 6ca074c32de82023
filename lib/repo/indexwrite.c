#include <stddef.h>

#include "repo/forced.h"
#include "repo/index.h"
#include "repo/indexset.h"
#include "repo/indexwrite.h"
#include "repo/place.h"
#include "repo/sign.h"
#include "repo/stages.h"

int
indexwrite(struct indexset *s, const struct signer *sg)
{
	struct index *ix;
	size_t i;
	int r;

	r = stagesleave(s);
	for (ix = s->list; ix < s->list + s->n; ix++) {
		if (ix->rd && sg && signindex(sg, ix) < 0)
			r = -2;
	}
	for (ix = s->list; ix < s->list + s->n && r > -2; ix++) {
		if (ix->rd && (placesync(ix) < 0 || indexdraft(ix) < 0))
			r = -2;
	}
	if (r == -2)
		indexsetdrop(s, NULL);
	for (ix = s->list; ix < s->list + s->n; ix++) {
		if (ix->rd && indexcommit(ix) < 0) {
			indexclose(ix);
			r = -1;
		}
	}
	for (ix = s->list; ix < s->list + s->n && r == 0; ix++) {
		for (i = 0; i < ix->nforced; i++) {
			if (forcedfinish(ix, ix->forced[i]) < 0)
				r = -1;
		}
	}
	return r < 0 ? -1 : 0;
}
