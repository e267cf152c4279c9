#!/usr/bin/python3
"""A tray for tests: tells programs that their icons are shown, prints what they show, and presses menu entries.

A call of `press LABEL` on the bus name org.changeover.TrayHost chooses the menu entry that begins with LABEL; `state`
returns the icon's file and the menu's labels, a line each.
"""
import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

WATCHER = "org.kde.StatusNotifierWatcher"
ITEM = "org.kde.StatusNotifierItem"
MENU = "com.canonical.dbusmenu"
HOST = "org.changeover.TrayHost"
PROPERTIES = "org.freedesktop.DBus.Properties"


class TrayHost(dbus.service.Object):
    def __init__(self, bus):
        super().__init__(bus, "/StatusNotifierWatcher")
        self.bus = bus
        self.item = None

    @dbus.service.method(WATCHER, in_signature="s", sender_keyword="sender")
    def RegisterStatusNotifierItem(self, service, sender=None):
        # Either a bus name or a path at the caller.
        self.item = (sender, service) if service.startswith("/") else (service, "/StatusNotifierItem")

    @dbus.service.method(PROPERTIES, in_signature="ss", out_signature="v")
    def Get(self, _interface, name):
        return {"IsStatusNotifierHostRegistered": True, "ProtocolVersion": dbus.Int32(0)}[name]

    @dbus.service.method(PROPERTIES, in_signature="s", out_signature="a{sv}")
    def GetAll(self, interface):
        names = ("IsStatusNotifierHostRegistered", "ProtocolVersion")
        return {name: self.Get(interface, name) for name in names}

    @dbus.service.method(HOST, out_signature="as")
    def state(self):
        item = self._properties()
        return [str(item["IconName"])] + [label for _, label in self._entries(item)]

    @dbus.service.method(HOST, in_signature="s", out_signature="b")
    def press(self, label):
        item = self._properties()
        for number, text in self._entries(item):
            if text.startswith(label):
                now = dbus.UInt32(0)
                self._menu(item).Event(number, "clicked", dbus.Int32(0, variant_level=1), now)
                return True
        return False

    def _properties(self):
        name, path = self.item
        return dbus.Interface(self.bus.get_object(name, path), PROPERTIES).GetAll(ITEM)

    def _menu(self, item):
        return dbus.Interface(self.bus.get_object(self.item[0], item["Menu"]), MENU)

    def _entries(self, item):
        _, (_, _, entries) = self._menu(item).GetLayout(0, -1, ["label"])
        return [(int(entry[0]), str(entry[1].get("label", ""))) for entry in entries]


dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
session = dbus.SessionBus()
names = [dbus.service.BusName(name, session) for name in (WATCHER, HOST)]
host = TrayHost(session)
GLib.MainLoop().run()
