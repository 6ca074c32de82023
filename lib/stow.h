/* Putting a delivery's packages into the indexes and directories they belong
 * to: all of it, or nothing. */

struct arena;
struct parcel;
struct shelves;
struct signer;

/* names the indexes that the delivery needs */
void stowneed(const struct parcel *pc, struct shelves *ss);

/* asks the indexes whether all packages can go in; else sets why, or later */
void stowask(struct parcel *pc, const struct shelves *ss);

/* puts the files, below incoming, into their directories, with the signatures
 * made there if there is a key, and adds them; sets later after a message when
 * the system failed; memory comes from a */
void stow(struct parcel *pc, int incoming, const struct signer *sg,
    const struct shelves *ss, struct arena *a);

/* whether every index that the delivery needs is still open, so was written */
int stowed(const struct parcel *pc, const struct shelves *ss);
