/* examples/page/module.c: a printed training step as a WebAssembly module: the arena and the sample are its memory.  make wasm
   LAW is the printed file. Of libc there is memcpy alone, which is an instruction of WebAssembly's. */
#include LAW

static unsigned char arena[law_bytes];
static real sample[law_samples];

unsigned char *law_arena(void);
real *law_sample(void);
unsigned char *law_arena(void) { return arena; }
real *law_sample(void) { return sample; }
