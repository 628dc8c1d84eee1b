"""Every address of Calepin, and what each of seven people gets there.

The objects are Camille's: her documents, her device, her passkey, her notice, and Dre Benali's grant on her record.
One line per name and method: the columns after the method follow `personas.NAMES`. A number is a status; `sign-in`,
`protect` and `away` are redirects to the sign-in page, to the page that adds a second factor, and to anywhere else.
A new address without a line here fails `test_routes`.
"""

from __future__ import annotations

from dataclasses import dataclass

TABLE = """
# name                                   method nobody   camille  jeanne   for_leo  benali   nguyen   half
# Is it up? Nothing of anybody's.
alive                                    GET    200      200      200      200      200      200      200
ready                                    GET    503      503      503      503      503      503      503
# Signing in and out. Who is in already is sent on.
account_login                            GET    200      away     away     away     away     away     200
mfa_authenticate                         GET    sign-in  away     away     away     away     away     sign-in
mfa_login_webauthn                       GET    sign-in  away     away     away     away     away     sign-in
account_inactive                         GET    200      200      200      200      200      200      200
account_reset_password                   GET    200      200      200      200      200      200      200
account_confirm_password_reset_code      GET    sign-in  sign-in  sign-in  away     sign-in  sign-in  sign-in
account_complete_password_reset          GET    away     away     away     away     away     away     away
account_password_reset_completed         GET    200      200      200      200      200      200      200
presence                                 GET    200      200      200      200      200      200      200
presence                                 POST   200      200      200      200      200      200      200
session_words                            GET    200      200      200      200      200      200      200
account_logout                           GET    sign-in  200      200      200      200      200      200
account_reauthenticate                   GET    sign-in  403      403      403      403      403      403
mfa_reauthenticate                       GET    sign-in  403      403      403      403      403      protect
mfa_reauthenticate_webauthn              GET    sign-in  403      403      403      403      403      protect
# Professionals go through ProSanté Connect, which does not answer here: nobody listens where tests look for it.
prosante_connect:begin                   POST   503      503      503      503      503      503      503
prosante_connect:callback                GET    400      400      400      400      400      400      400
prosante_connect:left                    GET    sign-in  sign-in  sign-in  away     sign-in  sign-in  sign-in
# One's own account, the same in every space. Somebody else's device or passkey does not exist.
settings                                 GET    sign-in  200      200      200      200      200      protect
usersessions_list                        GET    sign-in  200      200      200      200      200      protect
sign_out_device                          POST   sign-in  away     404      away     404      404      protect
account_change_password                  GET    sign-in  away     away     away     away     away     protect
account_set_password                     GET    sign-in  200      200      200      200      200      protect
account_email                            GET    sign-in  200      200      200      200      200      protect
account_confirm_email                    GET    200      200      200      200      200      200      200
mfa_index                                GET    sign-in  200      200      200      200      200      protect
add_protection                           GET    sign-in  200      200      200      200      200      200
mfa_activate_totp                        GET    sign-in  200      200      200      200      200      200
mfa_deactivate_totp                      GET    sign-in  404      404      404      404      404      protect
mfa_list_webauthn                        GET    sign-in  away     away     away     away     away     protect
mfa_add_webauthn                         GET    sign-in  200      200      200      200      200      200
mfa_edit_webauthn                        GET    sign-in  200      404      200      404      404      sign-in
mfa_remove_webauthn                      GET    sign-in  200      404      200      404      404      sign-in
mfa_view_recovery_codes                  GET    sign-in  404      404      404      404      404      protect
mfa_generate_recovery_codes              GET    sign-in  200      200      200      200      200      protect
mfa_download_recovery_codes              GET    sign-in  404      404      404      404      404      protect
# How one reads.
reading:switch                           POST   away     away     away     away     away     away     away
reading:display                          GET    sign-in  200      200      200      200      200      protect
# Camille's documents. In Léo's space they do not exist; professionals have no record of their own here.
documents:list                           GET    sign-in  200      200      200      404      404      protect
documents:add                            GET    sign-in  200      200      200      404      404      protect
documents:add                            POST   sign-in  422      422      422      404      404      protect
documents:search                         POST   sign-in  away     away     away     404      404      protect
documents:bin                            GET    sign-in  200      200      200      404      404      protect
documents:detail                         GET    sign-in  200      404      404      404      404      protect
documents:mask                           POST   sign-in  away     404      404      404      404      protect
documents:unmask                         POST   sign-in  away     404      404      404      404      protect
documents:delete                         GET    sign-in  200      404      404      404      404      protect
documents:delete                         POST   sign-in  away     404      404      404      404      protect
documents:restore                        POST   sign-in  away     404      404      404      404      protect
documents:discard                        POST   sign-in  away     404      404      404      404      protect
# What Camille notes on them for herself, and what she says of them.
documents:filters                        GET    sign-in  200      200      200      404      404      protect
documents:delete_several                 GET    sign-in  200      200      200      404      404      protect
documents:delete_several                 POST   sign-in  422      422      422      404      404      protect
documents:folders                        GET    sign-in  200      200      200      404      404      protect
documents:make_folder                    GET    sign-in  200      200      200      404      404      protect
documents:make_folder                    POST   sign-in  422      422      422      404      404      protect
documents:folder                         GET    sign-in  200      404      404      404      404      protect
documents:rename_folder                  GET    sign-in  200      404      404      404      404      protect
documents:rename_folder                  POST   sign-in  422      404      404      404      404      protect
documents:delete_folder                  GET    sign-in  200      404      404      404      404      protect
documents:delete_folder                  POST   sign-in  away     404      404      404      404      protect
documents:move                           GET    sign-in  200      404      404      404      404      protect
documents:move                           POST   sign-in  422      404      404      404      404      protect
documents:pin                            POST   sign-in  away     404      404      404      404      protect
documents:unpin                          POST   sign-in  away     404      404      404      404      protect
documents:comment                        GET    sign-in  200      404      404      404      404      protect
documents:comment                        POST   sign-in  422      404      404      404      404      protect
documents:remove_comment                 POST   sign-in  away     404      404      404      404      protect
documents:report_contact                 GET    sign-in  200      404      404      404      404      protect
documents:report_contact                 POST   sign-in  422      404      404      404      404      protect
documents:report                         GET    sign-in  away     404      404      404      404      protect
documents:problems                       GET    sign-in  200      200      200      404      404      protect
documents:problem                        GET    sign-in  200      404      404      404      404      protect
documents:close_problem                  POST   sign-in  away     404      404      404      404      protect
documents:ask_support                    POST   sign-in  403      404      404      404      404      protect
documents:let_support_look               POST   sign-in  away     404      404      404      404      protect
documents:print                          GET    sign-in  200      404      404      404      404      protect
documents:keep                           GET    sign-in  200      404      404      404      404      protect
documents:share                          GET    sign-in  200      404      404      404      404      protect
documents:share                          POST   sign-in  422      404      404      404      404      protect
documents:page                           GET    sign-in  200      404      404      404      404      protect
documents:results                        GET    sign-in  200      404      404      404      404      protect
documents:copy                           GET    sign-in  200      404      404      404      404      protect
documents:download                       GET    sign-in  200      404      404      404      404      protect
# Camille's share, seen from her side; then from the side of the code, which says nothing of whose it is.
sharing:list                             GET    sign-in  200      200      200      404      404      protect
sharing:share                            GET    sign-in  200      404      404      404      404      protect
sharing:state                            GET    sign-in  200      404      404      404      404      protect
sharing:stop                             POST   sign-in  away     404      404      404      404      protect
recipient:enter                          GET    200      200      200      200      200      200      200
recipient:enter                          POST   422      422      422      422      422      422      422
recipient:shared                         GET    200      200      200      200      away     away     200
recipient:shared                         POST   422      422      422      422      away     away     422
recipient:document                       GET    away     away     away     away     away     away     away
recipient:page                           GET    404      404      404      404      404      404      404
# Dre Benali's patients. Nguyen treats nobody here; patients find no portal.
professional_portal:patients             GET    sign-in  404      404      404      200      200      protect
professional_portal:place                GET    sign-in  404      404      404      200      200      protect
professional_portal:place                POST   sign-in  404      404      404      422      422      protect
professional_portal:record               GET    sign-in  404      404      404      200      404      protect
professional_portal:documents            GET    sign-in  404      404      404      200      404      protect
professional_portal:vaccinations         GET    sign-in  404      404      404      200      404      protect
professional_portal:identity             GET    sign-in  404      404      404      200      404      protect
professional_portal:management           GET    sign-in  404      404      404      200      404      protect
professional_portal:history              GET    sign-in  404      404      404      200      404      protect
professional_portal:give_back            GET    sign-in  404      404      404      200      404      protect
professional_portal:give_back            POST   sign-in  404      404      404      away     404      protect
professional_portal:leave                POST   sign-in  404      404      404      away     404      protect
professional_portal:patients             POST   sign-in  404      404      404      200      200      protect
professional_portal:find                 GET    sign-in  404      404      404      200      200      protect
professional_portal:find                 POST   sign-in  404      404      404      422      422      protect
professional_portal:scan                 POST   sign-in  404      404      404      422      422      protect
professional_portal:shown_code           GET    sign-in  404      404      404      200      200      protect
# Who found Camille is Sofia Nguyen: nobody else meets her there.
professional_portal:found                GET    sign-in  404      404      404      404      200      protect
professional_portal:found                POST   sign-in  404      404      404      404      422      protect
professional_portal:team                 POST   sign-in  404      404      404      404      404      protect
professional_portal:search               POST   sign-in  404      404      404      away     404      protect
professional_portal:deposit              GET    sign-in  404      404      404      200      404      protect
professional_portal:deposit              POST   sign-in  404      404      404      422      404      protect
professional_portal:announce             GET    sign-in  404      404      404      403      404      protect
professional_portal:announce             POST   sign-in  404      404      404      away     404      protect
professional_portal:secret               GET    sign-in  404      404      404      404      404      protect
professional_portal:secret               POST   sign-in  404      404      404      404      404      protect
professional_portal:end_secret           POST   sign-in  404      404      404      away     404      protect
professional_portal:document             GET    sign-in  404      404      404      200      404      protect
professional_portal:page                 GET    sign-in  404      404      404      200      404      protect
professional_portal:copy                 GET    sign-in  404      404      404      200      404      protect
professional_portal:download             GET    sign-in  404      404      404      200      404      protect
professional_portal:delete               GET    sign-in  404      404      404      200      404      protect
professional_portal:delete               POST   sign-in  404      404      404      away     404      protect
professional_portal:discard              POST   sign-in  404      404      404      404      404      protect
professional_portal:emergency            GET    sign-in  404      404      404      200      200      protect
professional_portal:emergency            POST   sign-in  404      404      404      422      422      protect
professional_portal:explanations         GET    sign-in  404      404      404      200      200      protect
professional_portal:explanation          GET    sign-in  404      404      404      200      404      protect
professional_portal:explanation          POST   sign-in  404      404      404      422      404      protect
professional_portal:problems             GET    sign-in  404      404      404      200      200      protect
professional_portal:problem              GET    sign-in  404      404      404      200      404      protect
professional_portal:problem              POST   sign-in  404      404      404      422      404      protect
# The support desk is for those who work there: none of the seven does.
support:desk                             GET    sign-in  404      404      404      404      404      protect
support:problem                          GET    sign-in  404      404      404      404      404      protect
support:problem                          POST   sign-in  404      404      404      404      404      protect
support:document                         GET    sign-in  404      404      404      404      404      protect
support:page                             GET    sign-in  404      404      404      404      404      protect
# The same services, for programs.
api:documents-list                       GET    401      200      200      200      404      404      403
api:documents-list                       POST   401      400      400      400      404      404      403
api:documents-search                     POST   401      400      400      400      404      404      403
api:documents-detail                     GET    401      200      404      404      404      404      403
api:documents-detail                     DELETE 401      204      404      404      404      404      403
api:documents-arrival                    GET    401      200      404      404      404      404      403
api:documents-many                       POST   401      415      415      415      404      404      403
api:documents-content                    GET    401      200      404      404      404      404      403
api:documents-mask                       POST   401      200      404      404      404      404      403
api:documents-unmask                     POST   401      200      404      404      404      404      403
api:documents-pin                        POST   401      200      404      404      404      404      403
api:documents-unpin                      POST   401      200      404      404      404      404      403
api:documents-move                       POST   401      400      404      404      404      404      403
api:documents-comment                    GET    401      200      404      404      404      404      403
api:documents-comment                    PUT    401      400      404      404      404      404      403
api:documents-comment                    DELETE 401      204      404      404      404      404      403
api:folders-list                         GET    401      200      200      200      404      404      403
api:folders-list                         POST   401      400      400      400      404      404      403
api:folders-detail                       PATCH  401      400      404      404      404      404      403
api:folders-detail                       DELETE 401      204      404      404      404      404      403
api:schema                               GET    200      200      200      200      200      200      403
# What one was told. Each person has their own list.
notifications:list                       GET    sign-in  200      200      200      200      200      protect
notifications:mark_all_read              POST   sign-in  away     away     away     away     away     protect
notifications:preferences                GET    sign-in  200      200      200      200      200      protect
notifications:push_subscription          POST   sign-in  422      422      422      422      422      protect
notifications:mailbox                    GET    404      404      404      404      404      404      404
notifications:mailbox_message            GET    404      404      404      404      404      404      404
# The demonstration's door, open in tests.
demo:enter                               POST   away     away     away     away     away     away     away
# The simulator of ProSanté Connect: it answers anybody, and nobody without a good question.
demo:prosante_connect_simulator:discovery GET   200      200      200      200      200      200      200
demo:prosante_connect_simulator:authorize GET   400      400      400      400      400      400      400
demo:prosante_connect_simulator:token    POST   400      400      400      400      400      400      400
demo:prosante_connect_simulator:userinfo GET    401      401      401      401      401      401      401
demo:prosante_connect_simulator:certs    GET    200      200      200      200      200      200      200
demo:prosante_connect_simulator:end_session GET 200      200      200      200      200      200      200
# The installable shell and the public pages.
pwa:manifest                             GET    200      200      200      200      200      200      200
pwa:service_worker                       GET    200      200      200      200      200      200      200
pwa:offline                              GET    200      200      200      200      200      200      200
pwa:emergency                            GET    200      200      200      200      200      200      200
pwa:about_accessibility                  GET    200      200      200      200      200      200      200
pwa:about_data                           GET    200      200      200      200      200      200      200
pwa:security_contact                     GET    404      404      404      404      404      404      404
pwa:robots                               GET    200      200      200      200      200      200      200
# Who sees the record. Camille decides in hers, and in Léo's as his mother. Professionals decide nothing.
access:hub                               GET    sign-in  200      200      200      404      404      protect
access:professionals                     GET    sign-in  200      200      200      404      404      protect
access:find                              GET    sign-in  200      200      200      404      404      protect
access:professional                      GET    sign-in  200      200      200      404      404      protect
access:authorise                         GET    sign-in  200      200      200      404      404      protect
access:block                             GET    sign-in  200      200      200      404      404      protect
access:unknown                           GET    sign-in  200      200      200      404      404      protect
access:blocked                           GET    sign-in  200      200      200      404      404      protect
access:emergency                         GET    sign-in  200      200      200      404      404      protect
access:explanations                      GET    sign-in  200      200      200      404      404      protect
access:authorise                         POST   sign-in  422      422      422      404      404      protect
access:withdraw                          POST   sign-in  away     away     away     404      404      protect
access:block                             POST   sign-in  away     away     away     404      404      protect
access:unblock                           POST   sign-in  away     away     away     404      404      protect
access:masking                           POST   sign-in  away     away     away     404      404      protect
access:emergency                         POST   sign-in  away     away     away     404      404      protect
access:care_team                         POST   sign-in  away     away     away     404      404      protect
access:show                              GET    sign-in  200      200      200      404      404      protect
access:show                              POST   sign-in  away     away     away     404      404      protect
access:shown                             GET    sign-in  200      404      404      404      404      protect
access:shown_state                       GET    sign-in  200      404      404      404      404      protect
home:identity                            GET    sign-in  200      200      200      404      404      protect
access:administrator                     POST   sign-in  away     away     away     404      404      protect
access:primary_doctor                    POST   sign-in  away     away     away     404      404      protect
access:unknown                           POST   sign-in  away     403      403      404      404      protect
home:matrix                              GET    sign-in  200      200      200      404      404      protect
home:matrix_row                          GET    sign-in  200      200      200      404      404      protect
home:preview                             GET    sign-in  200      200      200      404      404      protect
# The first page and what hangs on it.
home:home                                GET    sign-in  200      200      200      away     away     protect
home:activity                            GET    sign-in  200      200      200      404      404      protect
home:profiles                            GET    sign-in  200      200      200      200      200      protect
"""


@dataclass(frozen=True)
class Route:
    """One line of the table."""

    name: str
    method: str
    outcomes: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.method} {self.name}"


def _rows() -> tuple[Route, ...]:
    lines = (line.split() for line in TABLE.splitlines() if line.strip() and not line.lstrip().startswith("#"))
    return tuple(Route(name, method, tuple(outcomes)) for name, method, *outcomes in lines)


ROUTES = _rows()
