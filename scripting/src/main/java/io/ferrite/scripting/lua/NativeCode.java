package io.ferrite.scripting.lua;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.HexFormat;

/**
 * The few machine instructions that stand between Lua and Java.
 *
 * <p>Why there are any: a C function raises a Lua error by {@code longjmp}, which must never pass a
 * frame of Java. So Lua is given small functions in machine code: each calls Java, and raises the
 * error after Java has returned. They also keep the memory limit, as a call into Java for every
 * allocation would cost more than the allocation.
 *
 * <p>Every routine is position-independent and followed by the eight-byte values that it loads
 * relative to itself; writing one is copying it and filling in its values.
 *
 * <pre>
 *   | code | values | code | values | ...      written once, then made executable
 * </pre>
 *
 * <p>There is code for x86-64 (System V) and AArch64; the assembly stands beside the bytes.
 */
final class NativeCode {

    /** What Java returns so that the value on top of Lua's stack is raised as an error. */
    static final int RAISE = -1;

    /** What Java returns so that the original function runs with the same arguments. */
    static final int ORIGINAL = -2;

    private static final int PROT_READ = 1;
    private static final int PROT_WRITE = 2;
    private static final int PROT_EXEC = 4;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x22;

    private static final boolean ARM = "aarch64".equals(System.getProperty("os.arch"));

    /**
     * {@code int f(lua_State *L)}: Java's {@code int dispatch(L, number)}; then as its result says.
     *
     * <pre>
     *   push rbx                       stp  x29, x30, [sp, #-32]!
     *   mov  rbx, rdi                  mov  x29, sp
     *   mov  rsi, [number]             str  x19, [sp, #16]
     *   call [dispatch]                mov  x19, x0
     *   test eax, eax                  ldr  x1, number
     *   js   1f                        ldr  x16, dispatch
     *   pop  rbx                       blr  x16
     *   ret                            tbnz w0, #31, 1f
     * 1:mov  rdi, rbx                  ldr  x19, [sp, #16]
     *   pop  rbx                       ldp  x29, x30, [sp], #32
     *   cmp  eax, -1                   ret
     *   jne  2f                      1:cmn  w0, #1
     *   jmp  [lua_error]               mov  x0, x19
     * 2:jmp  [original]                ldr  x19, [sp, #16]
     *                                  ldp  x29, x30, [sp], #32
     *                                  b.ne 2f
     *                                  ldr  x16, lua_error
     *                                  br   x16
     *                                2:ldr  x16, original
     *                                  br   x16
     * </pre>
     */
    private static final String CALL =
            ARM
                    ? "fd7bbea9fd030091f30b00f9f30300aa010200583002005800023fd68000f837"
                            + "f30b40f9fd7bc2a8c0035fd61f040031e00313aaf30b40f9fd7bc2a861000054"
                            + "1001005800021fd61001005800021fd6"
                    : "534889fb488b3525000000ff152700000085c078025bc34889df5b83f8ff7506"
                            + "ff251a000000ff251c000000cccccccc";

    /**
     * As {@link #CALL}, but straight on to the original function if argument 1 has no metatable:
     * what stands for a protected table has one, most arguments have none.
     *
     * <pre>
     *   push rbx                       stp  x29, x30, [sp, #-32]!
     *   mov  rbx, rdi                  mov  x29, sp
     *   mov  esi, 1                    str  x19, [sp, #16]
     *   call [lua_getmetatable]        mov  x19, x0
     *   test eax, eax                  mov  w1, #1
     *   jnz  1f                        ldr  x16, lua_getmetatable
     *   mov  rdi, rbx                  blr  x16
     *   pop  rbx                       cbnz w0, 1f
     *   jmp  [original]                mov  x0, x19
     * 1:mov  rdi, rbx                  ldr  x19, [sp, #16]
     *   mov  esi, -2                   ldp  x29, x30, [sp], #32
     *   call [lua_settop]              ldr  x16, original
     *   mov  rdi, rbx                  br   x16
     *   (as above from               1:mov  x0, x19
     *    mov rsi, [number])            mov  w1, #-2
     *                                  ldr  x16, lua_settop
     *                                  blr  x16
     *                                  mov  x0, x19
     *                                  (as above from ldr x1, number)
     * </pre>
     */
    private static final String GUARD =
            ARM
                    ? "fd7bbea9fd030091f30b00f9f30300aa21008052b004005800023fd6c0000035"
                            + "e00313aaf30b40f9fd7bc2a8b003005800021fd6e00313aa21008012b0030058"
                            + "00023fd6e00313aa010200583002005800023fd68000f837f30b40f9fd7bc2a8"
                            + "c0035fd61f040031e00313aaf30b40f9fd7bc2a8610000541001005800021fd6"
                            + "1001005800021fd6"
                    : "534889fbbe01000000ff156900000085c0750a4889df5bff25530000004889df"
                            + "befeffffffff15550000004889df488b3523000000ff152500000085c078025b"
                            + "c34889df5b83f8ff7506ff2518000000ff251a000000cccc";

    /**
     * {@code void *alloc(long account[2], void *block, size_t old, size_t new)}: realloc and free
     * with an account of the bytes held, and a limit beyond which nothing grows.
     *
     * <pre>
     *   mov  rax, [rdi]                ldr  x4, [x0]
     *   sub  rax, rdx                  sub  x4, x4, x2
     *   add  rax, rcx                  add  x4, x4, x3
     *   cmp  rcx, rdx                  cmp  x3, x2
     *   jbe  1f                        b.ls 1f
     *   cmp  rax, [rdi + 8]            ldr  x5, [x0, #8]
     *   ja   4f                        cmp  x4, x5
     * 1:test rcx, rcx                  b.hi 4f
     *   jz   3f                      1:cbz  x3, 3f
     *   push rdi                       stp  x29, x30, [sp, #-32]!
     *   push rax                       mov  x29, sp
     *   sub  rsp, 8                    stp  x0, x4, [sp, #16]
     *   mov  rdi, rsi                  mov  x0, x1
     *   mov  rsi, rcx                  mov  x1, x3
     *   call [realloc]                 ldr  x16, realloc
     *   add  rsp, 8                    blr  x16
     *   pop  rcx                       ldp  x2, x4, [sp, #16]
     *   pop  rdi                       ldp  x29, x30, [sp], #32
     *   test rax, rax                  cbz  x0, 2f
     *   jz   2f                        str  x4, [x2]
     *   mov  [rdi], rcx              2:ret
     * 2:ret                          3:str  x4, [x0]
     * 3:mov  [rdi], rax                stp  x29, x30, [sp, #-16]!
     *   sub  rsp, 8                    mov  x29, sp
     *   mov  rdi, rsi                  mov  x0, x1
     *   call [free]                    ldr  x16, free
     *   add  rsp, 8                    blr  x16
     * 4:xor  eax, eax                  ldp  x29, x30, [sp], #16
     *   ret                          4:mov  x0, #0
     *                                  ret
     * </pre>
     */
    private static final String ALLOCATE =
            ARM
                    ? "040040f9840002cb8400038b7f0002eb89000054050440f99f0005eba8020054"
                            + "a30100b4fd7bbea9fd030091e01301a9e00301aae10303aa1002005800023fd6"
                            + "e21341a9fd7bc2a8400000b4440000f9c0035fd6040000f9fd7bbfa9fd030091"
                            + "e00301aaf000005800023fd6fd7bc1a8000080d2c0035fd6"
                    : "488b074829d04801c84839d17606483b4708773a4885c9742157504883ec0848"
                            + "89f74889ceff152d0000004883c408595f4885c0740348890fc34889074883ec"
                            + "084889f7ff15160000004883c40831c0c3cccccccccccccc";

    private static final Linker LINKER = Linker.nativeLinker();

    /** Pages are of 4 to 64 KiB; this is a multiple of each. */
    private static final long MAPPED = 64 << 10;

    private final SymbolLookup library;
    private final long dispatch;
    private final MemorySegment functions;

    /** Apart, because the allocator runs before the last function is written. */
    private final MemorySegment allocator;

    private long used;

    /**
     * @param library Lua's
     * @param dispatch the address of {@code int (lua_State *L, long number)} in Java
     */
    NativeCode(SymbolLookup library, long dispatch) {
        this.library = library;
        this.dispatch = dispatch;
        allocator = map();
        SymbolLookup c = LINKER.defaultLookup();
        long realloc = c.findOrThrow("realloc").address();
        write(allocator, 0, ALLOCATE, realloc, c.findOrThrow("free").address());
        seal(allocator);
        functions = map();
    }

    /** A {@code lua_Alloc} whose user data are two longs: bytes held, and the most it may hold. */
    long allocator() {
        return allocator.address();
    }

    /** A C function that runs Java function {@code number}; answers its address. */
    long function(int number) {
        return write(CALL, number, dispatch, symbol("lua_error"), 0);
    }

    /** A C function that runs Java function {@code number} and may then run {@code original}. */
    long before(int number, long original) {
        return write(CALL, number, dispatch, symbol("lua_error"), original);
    }

    /** As {@link #before}, but Java is asked only if argument 1 has a metatable. */
    long guard(int number, long original) {
        return write(
                GUARD,
                number,
                dispatch,
                symbol("lua_error"),
                original,
                symbol("lua_getmetatable"),
                symbol("lua_settop"));
    }

    /** Nothing more is written: the functions can run. */
    void seal() {
        seal(functions);
    }

    /** Gives the memory back; no code of it may run any more. */
    void free() {
        FunctionDescriptor type = FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG);
        call("munmap", type, functions.address(), MAPPED);
        call("munmap", type, allocator.address(), MAPPED);
    }

    private long symbol(String name) {
        return library.findOrThrow(name).address();
    }

    private long write(String code, long... values) {
        long at = used;
        used = write(functions, at, code, values);
        return functions.address() + at;
    }

    /** Writes at an offset; answers the next one. */
    private static long write(MemorySegment to, long offset, String code, long... values) {
        byte[] bytes = HexFormat.of().parseHex(code);
        MemorySegment.copy(bytes, 0, to, JAVA_BYTE, offset, bytes.length);
        long at = offset + bytes.length;
        for (long value : values) {
            to.set(JAVA_LONG_UNALIGNED, at, value);
            at += Long.BYTES;
        }
        return (at + 15) & -16;
    }

    private static MemorySegment map() {
        FunctionDescriptor type =
                FunctionDescriptor.of(
                        JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
        int access = PROT_READ | PROT_WRITE;
        long address = (long) call("mmap", type, 0L, MAPPED, access, MAP_PRIVATE_ANONYMOUS, -1, 0L);
        if (address == -1) {
            throw new OutOfMemoryError("mmap of " + MAPPED + " bytes failed");
        }
        return MemorySegment.ofAddress(address).reinterpret(MAPPED);
    }

    private static void seal(MemorySegment code) {
        FunctionDescriptor type = FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
        int failed = (int) call("mprotect", type, code.address(), MAPPED, PROT_READ | PROT_EXEC);
        if (failed != 0) {
            throw new IllegalStateException(
                    "scripts need memory that can be made executable, and the system allows none");
        }
    }

    private static Object call(String name, FunctionDescriptor type, Object... arguments) {
        try {
            return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type)
                    .invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw new AssertionError(name, e);
        }
    }
}
