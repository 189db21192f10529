/** A method of a port. Which arguments it takes is for the port's own type to say. */
// biome-ignore lint/suspicious/noExplicitAny: it stands for the methods of all ports
export type PortMethod = (...args: any[]) => Promise<any>;

/** The names of all methods, by the name of their port. */
export type MethodNames = Readonly<Record<string, readonly string[]>>;

/** The ports of a type that has other members beside them, such as `close`. */
export type PortsOf<Stores> = {
  [Name in keyof Stores as Stores[Name] extends Readonly<Record<keyof Stores[Name], PortMethod>>
    ? Stores[Name] extends PortMethod
      ? never
      : Name
    : never]: Stores[Name];
};

/** Returns the names of all methods of all ports among the members of an object: those that are objects themselves. */
export function methodNamesOf(stores: object): MethodNames {
  const ports = Object.entries(stores).filter(([, member]) => typeof member === "object");
  return Object.fromEntries(ports.map(([name, port]) => [name, Object.keys(port)]));
}

/**
 * Makes ports with these methods. Each method is made once, not once a call.
 *
 * @param make returns the method of this name in this port; it must be what the port's type says
 */
export function makePorts<Ports>(names: MethodNames, make: (port: string, method: string) => PortMethod): Ports {
  const ports = Object.entries(names).map(([port, methods]) => {
    return [port, Object.fromEntries(methods.map((method) => [method, make(port, method)]))];
  });
  return Object.fromEntries(ports) as Ports;
}

/**
 * Makes the same ports with each method wrapped.
 *
 * @param wrap returns what is called in place of a method
 */
export function wrapPorts<Stores extends object>(
  stores: Stores,
  wrap: (method: PortMethod, name: string) => PortMethod,
): PortsOf<Stores> {
  const methods = stores as Readonly<Record<string, Readonly<Record<string, PortMethod>>>>;
  return makePorts(methodNamesOf(stores), (port, name) => wrap(methods[port]?.[name] as PortMethod, name));
}
