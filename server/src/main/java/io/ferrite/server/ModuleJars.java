package io.ferrite.server;

import io.ferrite.module.Module;
import io.ferrite.node.module.ModuleSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/**
 * Opens jars. Each has a class loader of its own, which sees the Java runtime and {@code
 * io.ferrite.module}, nothing else of this server and nothing of other modules.
 */
final class ModuleJars implements ModuleSource {

    private static final String API = Module.class.getPackageName() + ".";

    /** What every module sees besides its own classes. */
    private static final class Api extends ClassLoader {

        Api() {
            super(ClassLoader.getPlatformClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (name.startsWith(API)) {
                return Class.forName(name, false, Module.class.getClassLoader());
            }
            throw new ClassNotFoundException(name);
        }
    }

    private record Jar(Module module, URLClassLoader loader) implements Opened {

        @Override
        public void close() {
            letGo(loader);
        }
    }

    private static void letGo(URLClassLoader loader) {
        try {
            loader.close();
        } catch (IOException e) {
            throw new UncheckedIOException("a jar that was open cannot be closed", e);
        }
    }

    @Override
    public Opened open(String path) throws Unusable {
        URL url;
        try {
            Path file = Path.of(path).toAbsolutePath();
            if (!Files.isReadable(file) || Files.isDirectory(file)) {
                throw new Unusable("there is no such file, or it may not be read");
            }
            url = file.toUri().toURL();
        } catch (InvalidPathException | IOException e) {
            throw new Unusable("not a path: " + e.getMessage());
        }
        URLClassLoader loader = new URLClassLoader("module " + path, new URL[] {url}, new Api());
        try {
            return new Jar(only(loader), loader);
        } catch (Unusable e) {
            letGo(loader);
            throw e;
        }
    }

    private static Module only(ClassLoader loader) throws Unusable {
        try {
            Iterator<Module> found = ServiceLoader.load(Module.class, loader).iterator();
            if (!found.hasNext()) {
                throw new Unusable("it is no jar, or names no module in META-INF/services");
            }
            Module module = found.next();
            if (found.hasNext()) {
                throw new Unusable("it names more than one module in META-INF/services");
            }
            return module;
        } catch (ServiceConfigurationError | LinkageError e) {
            throw new Unusable(e.toString());
        }
    }
}
