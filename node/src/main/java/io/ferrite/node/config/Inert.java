package io.ferrite.node.config;

/** Why a parameter that is known has no effect (yet). */
final class Inert {
    static final String ALLOCATOR = "memory is managed by the server itself, not by jemalloc";
    static final String NO_FORK = "this server never forks; see huge-pages";
    static final String INDEX = "the index grows and shrinks in small steps by itself";
    static final String JVM = "the Java runtime decides this";

    private Inert() {}
}
