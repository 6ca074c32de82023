/* From here on, standard output is in colour n, 0 to 7; as usual if negative. */
void setcolor(int n);
